local M = {}

function M.check()
  local health, config = vim.health, require("testdock.config")
  local binary = config.options.cmd[1]
  health.start("testdock")
  if vim.fn.has("nvim-0.11") == 0 then
    health.error("Neovim 0.11 or later is needed")
  end
  if vim.fn.executable(binary) == 0 then
    return health.error(("`%s` is not executable"):format(binary), {
      "install it, see https://github.com/testdock/testdock",
      "or say where it is: `vim.g.testdock = { cmd = { '/path/to/testdock', 'lsp' } }`",
    })
  end
  health.ok(vim.trim(vim.system({ binary, "--version" }):wait().stdout) .. " at " .. vim.fn.exepath(binary))
  if config.options.trusted == false then
    health.warn("`trusted` is false: every run is refused", {
      "leave it out of `vim.g.testdock` or `setup` for what you ask for to run; with `true` tests may also run by themselves",
    })
  end
  local client = require("testdock.client").running()
  local root = client and client.root_dir or config.root(vim.fn.getcwd())
  if client then
    health.ok("a server runs for " .. root)
  else
    health.info("no server runs; it starts when a file of a project is opened")
  end
  if root then
    health.start("testdock doctor " .. root)
    local doctor = vim.system({ binary, "doctor", "--format", "json", "--root", root }, { text = true }):wait()
    local tell = { good = health.ok, note = health.info, bad = health.error }
    for _, line in ipairs(vim.split(doctor.stdout, "\n", { trimempty = true })) do
      local it = vim.json.decode(line, { luanil = { object = true } })
      tell[it.verdict](it.subject .. "  " .. it.text, vim.list_extend(it.help, { it.command }))
    end
  end
end

return M
