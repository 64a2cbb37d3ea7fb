--- The adapter in neotest itself, which `NEOTEST` names with what it needs, as folders separated by spaces.
package.path = vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)) .. "/?.lua;" .. package.path
local it = require("support")

for folder in vim.gsplit(vim.env.NEOTEST, " ") do
  vim.opt.runtimepath:append(folder)
end

local root = vim.fn.getcwd()
local file = root .. "/tests/test_orders.py"
local neotest, nio, ran = require("neotest"), require("nio"), {}
local inner

neotest.setup({
  adapters = { require("neotest-testdock") },
  consumers = {
    --- Hears what neotest itself is told.
    ears = function(client)
      inner = client
      client.listeners.results = function(_, results, partial)
        for id, result in pairs(results) do
          local known = ran[id] or {}
          ran[id] = {
            status = result.status,
            live = partial or known.live,
            is_over = not partial,
            result = result,
          }
        end
      end
      return {}
    end,
  },
})

local function discovers()
  vim.cmd.edit("tests/test_orders.py")
  local tree
  nio.run(function()
    tree = inner:get_position(file)
  end)
  it.soon("positions", function()
    return tree and tree:get_key("tests/test_orders.py::test_invoice")
  end)
end

--- Runs something, and waits for its end.
local function run(id)
  ran = {}
  neotest.run.run(id)
  return it.soon("the end of " .. id, function()
    return (ran[id] or {}).is_over and ran[id].status
  end)
end

local function runs()
  it.equal("the file", run(file), "failed")
  local failed = ran["tests/test_orders.py::test_invoice"]
  it.equal("its outcome", failed.status, "failed")
  it.equal("its line", failed.result.errors[1].line, 22)
  it.check("it was told while the run went on", failed.live)
  it.equal("passed", ran["tests/test_orders.py::test_total"].status, "passed")
  it.equal("skipped", ran["tests/test_orders.py::test_reservation"].status, "skipped")
  local output = table.concat(vim.fn.readfile(failed.result.output))
  it.check("the output", output:find("test session starts"), output)
end

local function runs_one()
  it.equal("it", run("tests/test_orders.py::test_total"), "passed")
  it.equal("nothing else", ran["tests/test_orders.py::test_invoice"], nil)
end

local function runs_everything()
  it.equal("the folder", run(root), "failed")
  local expected = vim.json.decode(table.concat(vim.fn.readfile(root .. "/expected.json"), "\n"))
  for id, test in pairs(expected.tests) do
    -- Cases stand as their test does.
    if not id:find("[", 1, true) then
      local wanted = test.outcome == "errored" and "failed" or test.outcome
      it.equal(id, (ran[id] or {}).status, wanted)
    end
  end
  it.equal("a test with cases", ran["tests/test_pricing.py::test_discount"].status, "failed")
end

--- What an earlier run told of is in the tree of the server, and said to stand where its test does.
local function knows_no_cases()
  local path, tree = root .. "/tests/test_pricing.py", nil
  local found = { ["tests/test_pricing.py::test_discount"] = true }
  nio.run(function()
    tree = require("neotest-testdock").discover_positions(path)
  end)
  it.soon("its positions", function()
    return tree
  end)
  for _, at in tree:iter() do
    it.check("no case is a position", not at.id:find("[", 1, true), at.id)
    found[at.id] = nil
  end
  it.equal("tests with cases are", found, {})
end

local function stops()
  if it.is_replay then
    return
  end
  local id = "tests/test_service.py::test_patience"
  ran = {}
  neotest.run.run(id)
  local started = it.listen("TestdockState")
  it.soon("its start", function()
    return vim.iter(started):any(function(state)
      return state.testId == id and state.state.tag == "started"
    end)
  end)
  neotest.run.stop(id)
  it.soon("the end", function()
    return (ran[id] or {}).is_over
  end)
  it.equal("what it said before does not count", ran[id].status, "failed")
end

local function knows_its_own()
  local adapter, known = require("neotest-testdock"), nil
  nio.run(function()
    known = { adapter.is_test_file(file), adapter.is_test_file(root .. "/shop/orders.py"), adapter.is_test_file("/etc/passwd") }
  end)
  it.soon("an answer", function()
    return known
  end)
  it.equal("which are files of tests", known, { true, false, false })
end

local function sees_edits()
  vim.api.nvim_buf_set_lines(0, -1, -1, false, { "", "", "def test_new():", "    assert True" })
  vim.cmd("silent write")
  local found
  it.soon("the new test", function()
    nio.run(function()
      found = inner:get_position("tests/test_orders.py::test_new")
    end)
    return found
  end)
  it.equal("it", run("tests/test_orders.py::test_new"), it.is_replay and "failed" or "passed")
end

it.play({
  { "neotest finds the tests", discovers },
  { "a file runs, and its outcomes are told", runs },
  { "a test runs alone", runs_one },
  { "everything runs, and ends as expected", runs_everything },
  { "cases are no positions", knows_no_cases },
  { "a run is stopped", stops },
  { "files of tests are told from others", knows_its_own },
  { "a test that was just written is found, and runs", sees_edits },
})
