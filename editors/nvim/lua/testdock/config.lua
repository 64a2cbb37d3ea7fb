--- What a person may set: with `vim.g.testdock`, with `setup`, or with `vim.lsp.config("testdock", …)`.
local M = {}

--- Beside a testdock.toml every file may matter; elsewhere a server is started for these only.
local languages = {
  "c", "cpp", "cs", "dockerfile", "elixir", "go", "java", "javascript", "javascriptreact", "kotlin", "perl",
  "php", "python", "ruby", "rust", "scala", "sh", "typescript", "typescriptreact",
}

M.options = vim.tbl_deep_extend("force", {
  cmd = { "testdock", "lsp" },
  --- Passed on to the server: `false` lets nothing run, `true` lets it run by itself (`runOnSave`).
  trusted = nil,
  --- The section `testdock` of the server's settings: interpreter, profile, local, runOnSave, settings.
  settings = {},
  codelens = true,
  signs = true,
  icons = { passed = "✓", failed = "✗", errored = "!", skipped = "○", started = "▶", enqueued = "…" },
}, vim.g.testdock or {})

function M.setup(options)
  M.options = vim.tbl_deep_extend("force", M.options, options or {})
  vim.lsp.config("testdock", M.lsp())
end

--- Neovim 0.12 shows lenses from now on, 0.11 those that there are now.
function M.show_lenses(buf)
  if M.options.codelens and vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = buf })
  elseif M.options.codelens then
    vim.lsp.codelens.refresh({ bufnr = buf })
  end
end

--- The project of a file or folder.
function M.root(where)
  return vim.fs.root(where, "testdock.toml") or vim.fs.root(where, ".git")
end

function M.lsp()
  return {
    cmd = M.options.cmd,
    root_dir = function(buf, on_dir)
      local is_source = vim.list_contains(languages, vim.bo[buf].filetype)
      local root = vim.fs.root(buf, "testdock.toml") or is_source and M.root(buf)
      if root and vim.bo[buf].buftype == "" then
        on_dir(root)
      end
    end,
    capabilities = {
      workspace = { codeLens = { refreshSupport = true } },
      experimental = {
        testExplorer = true,
        testRunIds = true,
        testdockMarks = true,
        testdockInterpreters = true,
        testdockContainers = true,
        testdockRemedies = true,
      },
    },
    init_options = { trusted = M.options.trusted },
    settings = { testdock = M.options.settings },
    handlers = require("testdock.handlers"),
    on_exit = vim.schedule_wrap(function(_, _, id) require("testdock.ui").tell("TestdockExit", {}, id) end),
    on_attach = function(_, buf) M.show_lenses(buf) end,
  }
end

return M
