--- What goes wrong around the plugin, and what means it no good: it is said, nothing hangs, and all works again afterwards.
package.path = vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)) .. "/?.lua;" .. package.path
local it = require("support")

local HOSTILE = "tests/test_<b> %s|quit! $(zap)'#.py"
local root = vim.fn.getcwd()
local testdock = require("testdock")

--- Reads a file as if for the first time.
local function show(file)
  vim.cmd.edit({ file, bang = true, magic = { file = false } })
  vim.cmd("silent edit!")
end

local function stop()
  for _, client in ipairs(vim.lsp.get_clients({ name = "testdock", _uninitialized = true })) do
    client:stop(true)
    it.soon("its end", function()
      return not vim.lsp.get_client_by_id(client.id)
    end)
  end
end

--- Another server, which is as bad as this word says; the file of the project is shown again.
local function serve(mood)
  stop()
  vim.fn.writefile({ mood }, vim.fs.normalize("~/mood"))
  show("tests/test_orders.py")
end

--- A command says this, at once.
local function says(command, pattern, seconds)
  local began = vim.uv.hrtime()
  vim.cmd(command)
  it.said(pattern)
  local took = (vim.uv.hrtime() - began) / 1e9
  it.check(command .. " holds nobody up", took < (seconds or 3), took)
end

--- A run is refused or breaks, and that is said once.
local function fails(how, pattern)
  local ended = it.run("a run that cannot be", function()
    vim.cmd("Testdock all")
  end)
  it.equal("how it ended", ended.how, how)
  it.said(pattern)
  it.equal("said again", it.unsaid(pattern), true)
end

local function works()
  serve("")
  local ended = it.run("all", function()
    vim.cmd("Testdock all")
  end)
  it.equal("how it ended", ended.how, "completed")
end

local function no_program()
  testdock.setup({ cmd = { "/gone/testdock", "lsp" } })
  serve("")
  says("Testdock all", "no server could be started; `:checkhealth testdock`")
  vim.cmd("checkhealth testdock")
  it.shows(0, "`/gone/testdock` is not executable")
  vim.cmd("bwipeout!")
  testdock.setup({ cmd = { "testdock", "lsp" } })
  works()
end

local function crashes()
  serve("crashes")
  it.said("quit with exit code 3")
  says("Testdock all", "no server could be started")
  works()
end

local function babbles()
  serve("babbles")
  says("Testdock all", "no server could be started", 8)
  it.soon("it is given up", function()
    return #vim.lsp.get_clients({ name = "testdock", _uninitialized = true }) == 0
  end)
  works()
end

local function icons()
  local namespace = vim.api.nvim_get_namespaces()["testdock.signs"]
  local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
  return table.concat(vim.tbl_map(function(mark)
    return mark[4].sign_text
  end, marks))
end

local function dies_in_a_run()
  serve("never-ends")
  show(HOSTILE)
  vim.cmd("Testdock all")
  it.soon("what it said of a test", function()
    return icons():find("✗")
  end)
  local here, server = vim.api.nvim_get_current_win(), vim.lsp.get_clients({ name = "testdock" })[1]
  vim.cmd("Testdock tree")
  local tree = vim.api.nvim_get_current_buf()
  it.shows(tree, "✗ test_names")
  vim.api.nvim_set_current_win(here)
  vim.uv.kill(vim.fn.systemlist({ "pgrep", "-x", "testdock" })[1] + 0, "sigkill")
  it.said("quit with exit code 0 and signal 9")
  it.soon("it is gone", function()
    return not vim.lsp.get_client_by_id(server.id)
  end)
  it.equal("what nobody knows of any more", icons(), "")
  it.equal("nor of the run", testdock.status(), "")
  it.soon("nor the tree", function()
    return not it.text(tree):find("test_names", 1, true)
  end)
  works()
  it.shows(tree, "✗ test_names")
  vim.cmd("silent! only")
end

local function no_engine()
  serve("no-engine")
  fails("broken", "cannot reach Docker at unix:///nowhere.sock: .*; start")
  vim.env.DOCKER_HOST = "unix:///nowhere.sock"
  vim.cmd("checkhealth testdock")
  vim.env.DOCKER_HOST = nil
  it.shows(0, "ERROR engine +cannot reach Docker.*ADVICE:%s+%- start the engine")
  vim.cmd("bwipeout!")
end

local function no_trust()
  testdock.setup({ trusted = false })
  serve("")
  fails("refused", "this workspace is not trusted; trust it")
  vim.cmd("checkhealth testdock")
  it.shows(0, "WARNING `trusted` is false: every run is refused.*ADVICE:%s+%- leave it out")
  vim.cmd("bwipeout!")
  testdock.setup({ trusted = true })
  works()
end

local function broken_settings()
  local settings = vim.fn.readfile("testdock.toml")
  vim.fn.writefile({ "[interpreter" }, "testdock.toml")
  serve("")
  it.soon("the mistake in its line", function()
    return vim.iter(vim.diagnostic.get()):any(function(one)
      return vim.api.nvim_buf_get_name(one.bufnr) == root .. "/testdock.toml" and one.message:find("not valid TOML")
    end)
  end)
  fails("refused", "testdock.toml:1: not valid TOML")
  vim.fn.writefile(settings, "testdock.toml")
  works()
end

local function no_tests()
  stop()
  vim.fn.mkdir(vim.fs.normalize("~/empty"), "p")
  vim.cmd.enew()
  vim.cmd.cd("~/empty")
  fails("refused", "no test")
  vim.cmd.cd(root)
  works()
end

local function hostile_names()
  serve("")
  show(HOSTILE)
  it.soon("its tests, which are offered", function()
    return next(vim.fn.getcompletion("Testdock run tests/test_<b>", "cmdline"))
  end)
  local _, seen = it.run("the file", function()
    vim.cmd("Testdock file")
  end)
  it.equal("all of it", vim.tbl_count(seen), 8)
  for id in pairs(seen) do
    local _, one = it.run("one of its tests", function()
      vim.cmd("Testdock run " .. id)
    end)
    it.equal(id, one, { [id] = "failed" })
    vim.cmd("Testdock output " .. id)
    it.soon("its page", function()
      return vim.api.nvim_buf_get_name(0):find("%.md$") and it.text(0):find("Error")
    end)
    it.equal("what steers a terminal", it.text(0):match("[%z\1-\8\11-\31]"), nil)
    vim.cmd("bwipeout!")
  end
  vim.cmd("Testdock tree")
  it.shows(0, vim.pesc("a|quit!"))
  vim.api.nvim_win_set_cursor(0, { it.line(0, "test_names"), 0 })
  vim.api.nvim_feedkeys(vim.keycode("<CR>"), "xt", false)
  it.equal("the tree leads there", vim.api.nvim_buf_get_name(0), root .. "/" .. HOSTILE)
  vim.cmd("Testdock output")
  it.shows(0, "FAILED tests/test_<b> %%s|quit!")
  vim.cmd("silent! only")
  it.equal("nothing of it was done", vim.uv.fs_stat("zap"), nil)
end

it.play({
  { "no program", no_program },
  { "a server that crashes at once", crashes },
  { "a server that talks nonsense", babbles },
  { "a server that dies in a run", dies_in_a_run },
  { "no engine", no_engine },
  { "no trust", no_trust },
  { "settings that are broken", broken_settings },
  { "no tests", no_tests },
  { "names and output that mean no good", hostile_names },
})
