--- A sign beside each test for how it stands.
local config = require("testdock.config")
local ui = require("testdock.ui")

local M = {}
local namespace = vim.api.nvim_create_namespace("testdock.signs")

--- What the server told of each file, by URI.
local files = {}

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

--- Draws the signs of a buffer.
function M.draw(buf)
  local told, last = files[vim.uri_from_bufnr(buf)], vim.api.nvim_buf_line_count(buf) - 1
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  for _, mark in ipairs(config.options.signs and told and told.marks or {}) do
    if mark.state then
      local text, group = M.icon(mark.state, mark.stale)
      local sign = { sign_text = text, sign_hl_group = group }
      vim.api.nvim_buf_set_extmark(buf, namespace, math.min(mark.line, last), 0, sign)
    end
  end
end

ui.on("TestdockMarks", function(params, client_id)
  files[params.uri] = vim.tbl_extend("error", params, { client_id = client_id })
  for buf in pairs(vim.lsp.get_client_by_id(client_id).attached_buffers) do
    if vim.uri_from_bufnr(buf) == params.uri then
      M.draw(buf)
    end
  end
end)

--- How it stands what a server that is gone has told of, nobody knows.
ui.on("TestdockExit", function(_, client_id)
  for uri, told in pairs(files) do
    files[uri] = told.client_id ~= client_id and told or nil
  end
  vim.iter(vim.api.nvim_list_bufs()):filter(vim.api.nvim_buf_is_loaded):each(M.draw)
end)

return M
