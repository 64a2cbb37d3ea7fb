--- The tests as a tree in a window of its own.
local client = require("testdock.client")
local panels = require("testdock.panel")
local signs = require("testdock.signs")

local closed, panel = {}, nil

--- What is shown of a test belongs beside the tree.
local function leave()
  local tree = vim.api.nvim_get_current_buf()
  vim.cmd("wincmd p")
  if vim.api.nvim_get_current_buf() == tree then
    vim.cmd("rightbelow vnew")
  end
end

local function jump(line)
  if line.location then
    leave()
    vim.lsp.util.show_document(line.location, "utf-16", { focus = true })
  end
end

local function output(line)
  leave()
  client.command("testdock.showOutput", { id = line.id })
end

local function fold(line)
  closed[line.id] = not closed[line.id]
  panel.draw()
end

local function run(line, fresh)
  client.command("testdock.run", { ids = { line.id }, fresh = fresh })
end

local keys = {
  ["<CR>"] = { "go to", jump },
  ["<Tab>"] = { "fold", fold },
  r = { "run", run },
  R = { "clean", function(line) run(line, true) end },
  o = { "output", output },
  x = { "cancel", function() client.command("testdock.cancel", {}) end },
}

panel = panels.new("Tree", "testdock/watchTree", "topleft 60vsplit", keys, function(told, add)
  local lines, deepest = told.lines or {}, math.huge
  for at, line in ipairs(lines) do
    if line.depth <= deepest then
      deepest = closed[line.id] and line.depth or math.huge
      local is_leaf = (lines[at + 1] or line).depth <= line.depth
      local front = ("  "):rep(line.depth) .. (is_leaf and "  " or closed[line.id] and "▸ " or "▾ ")
      add(front, table.concat({ line.label, line.detail }, "  "), line, signs.icon(line.state, line.stale))
    end
  end
end)

return panel
