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
    local doctor = vim.system({ binary, "doctor", "--root", root }, { text = true }):wait()
    local tell, said = { ok = health.ok, note = health.info, FAIL = health.error }, {}
    for line in vim.gsplit(vim.trim(doctor.stdout .. doctor.stderr), "\n") do
      local verdict, text = line:match("^(%a+) +(.*)$")
      if tell[verdict] then
        table.insert(said, { tell[verdict], text, {} })
      elseif said[1] then
        table.insert(said[#said][3], vim.trim(line))
      end
    end
    for _, it in ipairs(said) do
      it[1](it[2], it[3])
    end
  end
end

return M
