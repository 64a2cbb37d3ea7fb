--- A sign beside each test for how it stands.
local Model = require("testdock.model")
local config = require("testdock.config")
local ui = require("testdock.ui")

local M = {}
local namespace = vim.api.nvim_create_namespace("testdock.signs")

local groups = {
  passed = "DiagnosticOk",
  failed = "DiagnosticError",
  errored = "DiagnosticError",
  skipped = "DiagnosticHint",
  started = "DiagnosticInfo",
}

--- The sign's text and colour for a word; what is no longer the truth is grey.
function M.icon(word, stale)
  return config.options.icons[word] or " ", not stale and groups[word] or "Comment"
end

local function draw(model, buf)
  local uri, last = vim.uri_from_bufnr(buf), vim.api.nvim_buf_line_count(buf) - 1
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  for id, item in pairs(model.items) do
    local is_case = item.parent and (model.items[item.parent] or {}).kind == "test"
    local word = item.uri == uri and item.kind == "test" and not is_case and model:word(id)
    if word and item.range then
      local text, group = M.icon(word, (model.states[id] or {}).stale)
      local sign = { sign_text = text, sign_hl_group = group }
      vim.api.nvim_buf_set_extmark(buf, namespace, math.min(item.range.start.line, last), 0, sign)
    end
  end
end

--- Draws the signs of all open files, soon.
M.draw = ui.soon(function()
  for _, client in ipairs(config.options.signs and vim.lsp.get_clients({ name = "testdock" }) or {}) do
    for buf in pairs(client.attached_buffers) do
      draw(Model.of(client.id), buf)
    end
  end
end)

ui.on({ "TestdockTests", "TestdockState" }, M.draw)

return M
