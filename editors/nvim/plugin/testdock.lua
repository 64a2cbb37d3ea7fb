vim.api.nvim_create_user_command("Testdock", function(args)
  require("testdock.commands").run(args)
end, {
  nargs = "*",
  bang = true,
  desc = "Run tests in the project's container",
  complete = function(...)
    return require("testdock.commands").complete(...)
  end,
})

-- Later, so that what a plugin manager hands to `setup` counts for the first server too.
local function enable()
  vim.lsp.enable("testdock")
end
if vim.v.vim_did_enter == 1 then
  vim.schedule(enable)
else
  vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = enable })
end
