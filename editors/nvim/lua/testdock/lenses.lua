--- Lenses: Neovim 0.12 shows them by itself, 0.11 asks for them when it is told to.
local M = {}

M.handlers = {}

function M.enable(buf)
  vim.lsp.codelens.enable(true, { bufnr = buf })
end

if not vim.lsp.codelens.enable then
  function M.enable(buf)
    vim.lsp.codelens.refresh({ bufnr = buf })
  end

  M.handlers["workspace/codeLens/refresh"] = function(_, _, context)
    for buf in pairs(vim.lsp.get_client_by_id(context.client_id).attached_buffers) do
      M.enable(buf)
    end
    return vim.NIL
  end
end

return M
