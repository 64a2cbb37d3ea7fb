--- The tests as a tree in a window of its own.
local Model = require("testdock.model")
local client = require("testdock.client")
local signs = require("testdock.signs")
local ui = require("testdock.ui")

local M = {}
local closed, shown, panel = {}, nil, nil

local function jump(item)
  if not item.uri then
    return
  end
  local window = vim.fn.win_getid(vim.fn.winnr("#"))
  if window ~= 0 and window ~= vim.api.nvim_get_current_win() then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd("rightbelow vnew")
  end
  local start = item.range and item.range.start or { line = 0, character = 0 }
  local place = { uri = item.uri, range = { start = start, ["end"] = start } }
  vim.lsp.util.show_document(place, "utf-16", { focus = true })
end

local function fold(item)
  closed[item.id] = not closed[item.id]
  panel.draw()
end

local function command(name, argument)
  return function(item)
    client.command(name, argument(item))
  end
end

local keys = {
  ["<CR>"] = { "go to", jump },
  ["<Tab>"] = { "fold", fold },
  r = { "run", command("testdock.run", function(item) return { ids = { item.id } } end) },
  R = { "run clean", command("testdock.run", function(item) return { ids = { item.id }, fresh = true } end) },
  o = { "output", command("testdock.showOutput", function(item) return { id = item.id } end) },
  x = { "cancel", command("testdock.cancel", function() return {} end) },
}

panel = ui.panel("tree", "topleft 50vsplit", keys, function(add)
  local model = Model.of(shown)
  local function each(items, depth)
    for _, item in ipairs(items) do
      local below, state = model:below(item.id), model.states[item.id] or {}
      local front = ("  "):rep(depth) .. (#below == 0 and "  " or closed[item.id] and "▸ " or "▾ ")
      local time = state.duration and ("  %.0f ms"):format(state.duration) or ""
      local message = state.message and "  " .. state.message or ""
      add(front, item.label .. time .. message, item, signs.icon(model:word(item.id), state.stale))
      each(closed[item.id] and {} or below, depth + 1)
    end
  end
  each(model:below(""), 0)
end)
ui.on({ "TestdockTests", "TestdockState" }, panel.draw)

function M.open()
  local server = client.get()
  if server then
    shown = server.id
    panel.open()
  end
end

return M
