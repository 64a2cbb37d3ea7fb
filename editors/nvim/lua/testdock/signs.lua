--- A sign beside each test for how it stands.
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

local function draw(buf, marks)
  local last = vim.api.nvim_buf_line_count(buf) - 1
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  for _, mark in ipairs(marks) do
    if mark.state then
      local text, group = M.icon(mark.state, mark.stale)
      local sign = { sign_text = text, sign_hl_group = group }
      vim.api.nvim_buf_set_extmark(buf, namespace, math.min(mark.line, last), 0, sign)
    end
  end
end

ui.on("TestdockMarks", function(params, client_id)
  for buf in pairs(vim.lsp.get_client_by_id(client_id).attached_buffers) do
    if config.options.signs and vim.uri_from_bufnr(buf) == params.uri then
      draw(buf, params.marks)
    end
  end
end)

--- How it stands what a server that is gone has told of, nobody knows.
vim.api.nvim_create_autocmd("LspDetach", {
  callback = function(event)
    if vim.lsp.get_client_by_id(event.data.client_id).name == "testdock" then
      draw(event.buf, {})
    end
  end,
})

return M
