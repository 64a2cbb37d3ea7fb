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
          ran[id] = { status = result.status, live = partial or (ran[id] or {}).live, result = result }
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

local function runs()
  neotest.run.run(file)
  it.soon("the end", function()
    local done = ran[file]
    return done and done.status == "failed" and (ran["tests/test_orders.py::test_reservation"] or {}).status
  end)
  local failed = ran["tests/test_orders.py::test_invoice"]
  it.equal("its outcome", failed.status, "failed")
  it.equal("its line", failed.result.errors[1].line, 22)
  it.check("it was told while the run went on", failed.live)
  it.equal("passed", ran["tests/test_orders.py::test_total"].status, "passed")
  it.equal("skipped", ran["tests/test_orders.py::test_reservation"].status, "skipped")
  it.check("the output", table.concat(vim.fn.readfile(failed.result.output)):find("test session starts"))
end

local function runs_one()
  ran = {}
  neotest.run.run("tests/test_orders.py::test_total")
  it.soon("its end", function()
    return (ran["tests/test_orders.py::test_total"] or {}).status == "passed"
  end)
  it.equal("nothing else", ran["tests/test_orders.py::test_invoice"], nil)
end

it.play({
  { "neotest finds the tests", discovers },
  { "a file runs, and its outcomes are told", runs },
  { "a test runs alone", runs_one },
})
