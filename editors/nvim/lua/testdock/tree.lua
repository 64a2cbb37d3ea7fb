--- The tests as a tree in a window of its own.
local Model = require("testdock.model")
local client = require("testdock.client")
local signs = require("testdock.signs")
local ui = require("testdock.ui")

local M = {}
local closed, shown, panel = {}, nil, nil

local function jump(item)
  if item.uri then
    vim.cmd(vim.fn.winnr("$") > 1 and "wincmd p" or "rightbelow vnew")
    local start = item.range and item.range.start or { line = 0, character = 0 }
    vim.lsp.util.show_document({ uri = item.uri, range = { start = start, ["end"] = start } }, "utf-16", { focus = true })
  end
end

local function fold(item)
  closed[item.id] = not closed[item.id]
  panel.draw()
end

local function run(item, fresh)
  client.command("testdock.run", { ids = { item.id }, fresh = fresh })
end

local keys = {
  ["<CR>"] = { "go to", jump },
  ["<Tab>"] = { "fold", fold },
  r = { "run", run },
  R = { "clean", function(item) run(item, true) end },
  o = { "output", function(item) client.command("testdock.showOutput", { id = item.id }) end },
  x = { "cancel", function() client.command("testdock.cancel", {}) end },
}

panel = ui.panel("tree", "topleft 60vsplit", keys, function(add)
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

--- One that takes the place of a server that is gone is shown in its place.
ui.on({ "TestdockTests", "TestdockState", "TestdockExit" }, function(_, client_id)
  shown = vim.lsp.get_client_by_id(shown) and shown or client_id
  panel.draw()
end)

function M.open()
  local server = client.get()
  if server then
    shown = server.id
    panel.open(server)
  end
end

return M
