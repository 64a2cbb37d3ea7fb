--- Neovim as a person uses it, on the sample project; what it has to show is in expected.json.
package.path = vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)) .. "/?.lua;" .. package.path
local it = require("support")

local root = vim.fn.getcwd()
local expected = vim.json.decode(table.concat(vim.fn.readfile(root .. "/expected.json"), "\n"))
local is_replay = it.is_replay
local orders, server

local function outcomes()
  return vim.tbl_map(function(test)
    return test.outcome
  end, expected.tests)
end

--- Signs of a buffer, by line from 1.
local function signs(buf)
  local found = {}
  local namespace = vim.api.nvim_get_namespaces()["testdock.signs"]
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, namespace, 0, -1, { details = true })) do
    found[mark[2] + 1] = vim.trim(mark[4].sign_text)
  end
  return found
end

--- Leaves whatever was opened.
local function back()
  vim.cmd("silent! tabonly | silent! only")
  vim.api.nvim_set_current_buf(orders)
end

local function starts()
  local tests = it.listen("TestdockTests")
  vim.cmd.edit("tests/test_orders.py")
  orders = vim.api.nvim_get_current_buf()
  it.soon("tests", function()
    return #tests > 0
  end)
  server = vim.lsp.get_clients({ name = "testdock", bufnr = orders })[1]
  it.equal("the project", server.root_dir, root)
end

local function runs_all()
  it.lenses(orders)
  local status, seen_there = require("testdock").status, {}
  local listener = vim.api.nvim_create_autocmd("LspProgress", {
    callback = function() table.insert(seen_there, status()) end,
  })
  local ended, seen = it.run("all", function()
    vim.cmd("Testdock all")
  end)
  vim.api.nvim_del_autocmd(listener)
  it.equal("how it ended", ended.how, "completed")
  it.equal("outcomes", seen, outcomes())
  -- What is played may be over before there is anything to show.
  local shown = vim.iter(seen_there):any(function(text) return text:find("^%d+/%d+") end)
  it.check("how far it was", shown or is_replay, seen_there)
  it.said(vim.pesc(ended.message))
  it.equal("the status line", status(), ended.message)
end

local function diagnostics()
  local wanted = {}
  for id, test in pairs(expected.tests) do
    if test.outcome == "failed" or test.outcome == "errored" then
      wanted[("%s:%d %s"):format(test.location.path, test.location.line, id)] = true
    end
  end
  it.soon("a diagnostic on each failing line", function()
    local shown = {}
    for _, one in ipairs(vim.diagnostic.get()) do
      local path = vim.api.nvim_buf_get_name(one.bufnr):sub(#root + 2)
      shown[("%s:%d %s"):format(path, one.lnum + 1, one.code)] = true
    end
    return vim.deep_equal(shown, wanted)
  end)
end

local function signs_show()
  local wanted = {}
  for id, test in pairs(expected.tests) do
    local name = id:match("^tests/test_orders%.py::([%w_]+)$")
    local icons = require("testdock.config").options.icons
    if name then
      wanted[it.line(orders, "def " .. name .. "(")] = icons[test.outcome]
    end
  end
  it.soon("a sign on each test", function()
    return vim.deep_equal(signs(orders), wanted)
  end)
end

local function lens_runs()
  vim.api.nvim_set_current_buf(orders)
  local line = it.line(orders, "def test_total(order)")
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  local select = vim.ui.select
  vim.ui.select = function(items, options, on_choice)
    for index, item in ipairs(items) do
      if options.format_item(item):find("Run") then
        return on_choice(item, index)
      end
    end
  end
  local ended, seen = it.run("the lens", function()
    vim.lsp.codelens.run()
  end)
  vim.ui.select = select
  it.equal("how it ended", ended.how, "completed")
  it.equal("outcomes", seen, { ["tests/test_orders.py::test_total"] = "passed" })
end

local function commands_run()
  local _, nearest = it.run("nearest", function()
    vim.api.nvim_win_set_cursor(0, { it.line(orders, "def test_invoice(order)") + 1, 4 })
    vim.cmd("Testdock nearest")
  end)
  it.equal("nearest", nearest, { ["tests/test_orders.py::test_invoice"] = "failed" })
  local _, last = it.run("last", function()
    vim.cmd("Testdock last")
  end)
  it.equal("last", last, nearest)
  local _, file = it.run("file", function()
    vim.cmd("Testdock file")
  end)
  it.equal("file", vim.tbl_count(file), 8)
  local id = "tests/test_pricing.py::test_discount[a hundred]"
  it.check("completion", vim.list_contains(vim.fn.getcompletion("Testdock run " .. id:sub(1, -6), "cmdline"), "hundred]"))
  local _, one = it.run("one", function()
    vim.cmd("Testdock run " .. id)
  end)
  it.equal("one", one, { [id] = "failed" })
  local _, failed = it.run("failed", function()
    vim.cmd("Testdock failed")
  end)
  it.check("failed", not vim.list_contains(vim.tbl_values(failed), "passed") and vim.tbl_count(failed) == 10, failed)
end

local function cancels()
  if is_replay then
    return
  end
  local started = it.listen("TestdockState")
  local ended = it.run("a run that is cancelled", function()
    vim.cmd("Testdock run tests/test_service.py::test_patience")
    it.soon("its start", function()
      return vim.iter(started):any(function(state)
        return state.state.tag == "started"
      end)
    end)
    vim.cmd("Testdock cancel")
  end)
  it.equal("how it ended", ended.how, "cancelled")
  local told = it.listen("TestdockTree")
  vim.cmd("Testdock tree")
  local line = it.soon("the file in the tree", function()
    return vim.iter(told[#told] and told[#told].lines or {}):find(function(line)
      return line.id == "tests/test_service.py" and line.state ~= "started" and line.state ~= "enqueued"
    end)
  end)
  it.check("nothing runs for ever", line.state)
  back()
end

local function tree_shows()
  vim.cmd("Testdock tree")
  local tree = vim.api.nvim_get_current_buf()
  it.shows(tree, "✗ test_invoice.*invoice reads")
  local line = it.line(tree, "test_negative_quantity")
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  local _, one = it.run("a run from the tree", function()
    vim.api.nvim_feedkeys("r", "xt", false)
  end)
  it.equal("outcomes", one, { ["tests/test_orders.py::test_negative_quantity"] = "failed" })
  vim.api.nvim_feedkeys(vim.keycode("<CR>"), "xt", false)
  it.equal("the file", vim.api.nvim_buf_get_name(0), root .. "/tests/test_orders.py")
  it.equal("the line", vim.fn.line("."), it.line(orders, "def test_negative_quantity("))
  vim.cmd("Testdock tree")
  local here = vim.api.nvim_get_current_win()
  vim.api.nvim_win_set_cursor(0, { it.line(tree, "tests/test_service.py"), 0 })
  vim.cmd("split")
  vim.api.nvim_win_set_cursor(0, { it.line(tree, "tests/test_orders.py"), 0 })
  vim.api.nvim_feedkeys(vim.keycode("<Tab>"), "xt", false)
  it.soon("the file is folded", function()
    return not it.text(tree):find("test_invoice")
  end)
  vim.cmd("close")
  it.equal("what the cursor is on", vim.api.nvim_win_get_cursor(here)[1], it.line(tree, "tests/test_service.py"))
  vim.api.nvim_win_set_cursor(here, { it.line(tree, "tests/test_orders.py"), 0 })
  vim.api.nvim_feedkeys(vim.keycode("<Tab>"), "xt", false)
  it.shows(tree, "✗ test_invoice")
  vim.api.nvim_win_set_cursor(here, { it.line(tree, "test_negative_quantity"), 0 })
  vim.api.nvim_feedkeys("o", "xt", false)
  it.soon("its page", function()
    return vim.api.nvim_buf_get_name(0):find("%.md$")
  end)
  it.equal("beside it", vim.api.nvim_win_get_buf(here), tree)
  back()
  it.run("a run while the tree is not shown", function()
    vim.cmd("Testdock run tests/test_orders.py::test_total")
  end)
  vim.cmd("sbuffer " .. tree)
  it.shows(tree, "✓ test_total")
  back()
end

local function output_shows()
  vim.cmd("Testdock output")
  local buf = vim.api.nvim_get_current_buf()
  it.shows(buf, "test session starts")
  it.shows(buf, "failed in ")
  back()
  vim.cmd("Testdock output tests/test_service.py::test_prints_what_terminals_fear")
  it.soon("the page of a test", function()
    return vim.api.nvim_buf_get_name(0):find("%.md$") and it.text(0):find("bell, backspace, nul")
  end)
  back()
end

local function interpreters_are_chosen()
  if is_replay then
    return
  end
  local told = it.listen("TestdockInterpreters")
  local function chosen(name)
    it.soon("the server knows of " .. name, function()
      return vim.iter(#told > 0 and told[#told].interpreters or {}):any(function(one)
        return one.chosen and one.name == name
      end)
    end)
  end
  local select = vim.ui.select
  vim.ui.select = function(items, options, on_choice)
    for index, item in ipairs(items) do
      if options.format_item(item):find("local") then
        return on_choice(item, index)
      end
    end
  end
  vim.cmd("Testdock interpreter")
  it.said("tests run in local")
  vim.ui.select = select
  chosen("local")
  local one = "Testdock run tests/test_orders.py::test_total"
  local ended = it.run("a run without a container", function()
    vim.cmd(one)
  end)
  it.equal("there is no pytest here", ended.how, "broken")
  it.check("completion", vim.list_contains(vim.fn.getcompletion("Testdock interpreter ", "cmdline"), "default"))
  vim.cmd("Testdock interpreter default")
  chosen("default")
  ended = it.run("a run in the container", function()
    vim.cmd(one)
  end)
  it.equal("pytest is there", ended.how, "completed")
end

local function containers_show()
  if is_replay then
    return
  end
  vim.cmd("Testdock containers")
  local panel = vim.api.nvim_get_current_buf()
  local name = it.soon("the project's container", function()
    return it.text(panel):match("● (%S*shop%S*) ")
  end)
  vim.api.nvim_win_set_cursor(0, { it.line(panel, name), 0 })
  vim.api.nvim_feedkeys("i", "xt", false)
  it.soon("all about it", function()
    return vim.bo.filetype == "json" and it.text(0):find(name, 1, true)
  end)
  vim.cmd.close()
  vim.cmd("Testdock logs " .. name)
  it.soon("its log", function()
    return vim.wo.winbar == "Log of " .. name
  end)
  it.equal("it is followed", vim.fn.jobwait({ vim.bo.channel }, 500), { -1 })
  vim.cmd("bwipeout!")
  vim.cmd("Testdock containers")
  vim.fn.confirm = function()
    return 1
  end
  vim.api.nvim_win_set_cursor(0, { it.line(panel, name), 0 })
  vim.api.nvim_feedkeys("d", "xt", false)
  it.soon("it is gone", function()
    return not it.text(panel):find(name, 1, true)
  end)
  it.equal("no key is for another one", vim.fn.line("."), 1)
  back()
end

--- Far more than is kept, and one message of megabytes.
local function flood_is_bounded()
  if is_replay then
    return
  end
  local flood = {
    "def test_flood():",
    "    for line in range(200_000):",
    '        print(f"\\033[31m{line}\\033[0m " + "x" * 100)',
    '    assert False, "x" * 5_000_000',
  }
  vim.fn.writefile(flood, "tests/test_flood.py")
  local ended, seen = it.run("a flood", function()
    vim.cmd("Testdock run tests/test_flood.py")
  end)
  it.equal("how it ended", ended.how, "completed")
  it.equal("outcomes", seen, { ["tests/test_flood.py::test_flood"] = "failed" })
  local began = vim.uv.hrtime()
  vim.cmd("Testdock output")
  vim.cmd("Testdock tree")
  it.shows(0, "test_flood")
  back()
  it.check("Neovim is awake", vim.uv.hrtime() - began < 2e9, vim.uv.hrtime() - began)
  it.check("output is bounded", vim.api.nvim_buf_line_count(vim.fn.bufnr("testdock://output")) < 30000)
  vim.fn.delete("tests/test_flood.py")
end

--- Two editors in one project; one of them is left while its test runs.
local function two_at_once()
  if is_replay then
    return
  end
  local function runs_there()
    local all = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"
    return vim.fn.system({ "testdock", "containers", "exec", "default", "sh", "-c", all }):find("pytest", 1, true)
  end
  vim.fn.writefile({ "import time", "", "def test_long():", "    time.sleep(1000)" }, "tests/test_long.py")
  local words = { vim.v.progpath, "--embed", "--headless", "-u", vim.env.TESTDOCK_NVIM_TESTS .. "/init.lua" }
  local other = vim.fn.jobstart(words, { rpc = true })
  vim.rpcrequest(other, "nvim_command", "edit tests/test_orders.py")
  vim.rpcrequest(other, "nvim_command", "Testdock run tests/test_long.py")
  it.soon("its run", runs_there)
  local ended = it.run("a run beside it", function()
    vim.cmd("Testdock run tests/test_orders.py::test_total")
  end)
  it.equal("how it ended", ended.how, "completed")
  it.check("the other one goes on", runs_there())
  vim.rpcnotify(other, "nvim_command", "qall!")
  it.equal("it is left", vim.fn.jobwait({ other }, 10000), { 0 })
  it.soon("nothing is left", function()
    return not runs_there()
  end)
  vim.fn.delete("tests/test_long.py")
end

local function edits_make_stale()
  vim.api.nvim_set_current_buf(orders)
  local line = it.line(orders, "assert Order().total() == 0")
  vim.api.nvim_buf_set_lines(orders, line - 1, line, false, { "    assert Order().total() == 1" })
  local namespace = vim.api.nvim_get_namespaces()["testdock.signs"]
  it.soon("a grey sign", function()
    local marks = vim.api.nvim_buf_get_extmarks(orders, namespace, 0, -1, { details = true })
    return vim.iter(marks):any(function(mark)
      return mark[2] == line - 2 and mark[4].sign_hl_group == "Comment"
    end)
  end)
  vim.cmd("edit!")
end

local function mistakes_are_said()
  vim.cmd("Testdock interpreter nope")
  it.said("no interpreter is named `nope`; name one of .*local")
  it.check("nor was it taken", it.unsaid("tests run in nope"))
  vim.cmd("Testdock")
  it.said("say what to do; known: all, cancel")
  vim.cmd("Testdock nonsense")
  it.said("unknown command `nonsense`; known: all, cancel")
  for _, command in ipairs({ "run", "output" }) do
    vim.cmd("Testdock " .. command .. " tests/gone.py::test_gone")
    it.said("no open folder has the test, file or folder `tests/gone.py::test_gone`")
  end
  vim.cmd("Testdock cancel")
  it.said("nothing runs")
end

--- Once what is about to be attached is.
local function pages_are_no_files()
  local is_settled = false
  vim.schedule(function()
    is_settled = true
  end)
  it.soon("a moment", function()
    return is_settled
  end)
  for buf in pairs(server.attached_buffers) do
    it.equal("pages, panels and help are none of its files", vim.bo[buf].buftype, "")
  end
end

local function pages_help()
  vim.cmd("Testdock status")
  it.soon("how things stand, by the folder's name", function()
    return it.text(0):find("# " .. vim.fs.basename(root) .. " (" .. root .. ")", 1, true)
  end)
  pages_are_no_files()
  back()
  vim.cmd("Testdock doctor")
  it.soon("the doctor's page", function()
    return vim.bo.filetype == "markdown" and it.text(0):find("pytest")
  end)
  pages_are_no_files()
  back()
  vim.cmd("checkhealth testdock")
  it.shows(0, "a server runs for " .. vim.pesc(root))
  it.shows(0, "OK suite +pytest in %.")
  back()
  vim.cmd("helptags ALL")
  vim.cmd("help testdock")
  it.shows(0, "testdock%-commands")
  back()
end

local function server_comes_back()
  pages_are_no_files()
  server:stop(true)
  it.soon("the server is gone", function()
    return not vim.lsp.get_client_by_id(server.id)
  end)
  local ended = it.run("a run with a new server", function()
    vim.cmd("Testdock run tests/test_orders.py::test_total")
  end)
  it.equal("how it ended", ended.how, "completed")
  it.soon("the file is known to it", function()
    return next(vim.lsp.get_clients({ name = "testdock", bufnr = orders }))
  end)
  it.soon("its signs", function()
    return next(signs(orders))
  end)
end

it.play({
  { "a server starts when a file is opened", starts },
  { "all tests run, and end as expected", runs_all },
  { "each failing line has its diagnostic", diagnostics },
  { "each test has its sign", signs_show },
  { "a lens runs its test", lens_runs },
  { "commands run what they say", commands_run },
  { "a run is cancelled", cancels },
  { "the tree shows, runs and leads to tests", tree_shows },
  { "output is shown, of a run and of a test", output_shows },
  { "what tests run in is chosen", interpreters_are_chosen },
  { "a flood of output is bounded", flood_is_bounded },
  { "two editors run at once, and one that is left leaves nothing", two_at_once },
  { "containers are shown, looked at and removed", containers_show },
  { "an edit makes a result stale", edits_make_stale },
  { "mistakes are said", mistakes_are_said },
  { "doctor, health and help are there", pages_help },
  { "a server that died comes back", server_comes_back },
})
