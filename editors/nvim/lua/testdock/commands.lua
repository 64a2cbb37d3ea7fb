--- `:Testdock …`
local client = require("testdock.client")
local ui = require("testdock.ui")

local M = {}

--- Starts a run with one of the server's commands, which takes of all this what it needs.
local function run(name)
  return function(args)
    local place = vim.lsp.util.make_position_params(0, "utf-16")
    client.command(name, {
      ids = args.rest and { args.rest },
      uri = place.textDocument.uri,
      position = place.position,
      fresh = args.fresh,
    })
  end
end

--- Shows the text that a command answers.
local function page(name)
  return function()
    client.command(name, {}, function(text) ui.page(text, "markdown") end)
  end
end

local commands = {
  all = run("testdock.runAll"),
  cancel = function()
    client.command("testdock.cancel", {}, function(answer)
      client.say(#answer.runIds == 0 and "nothing runs" or "cancelling")
    end)
  end,
  containers = function() require("testdock.containers").open() end,
  doctor = page("testdock.doctor"),
  failed = run("testdock.runFailed"),
  file = run("testdock.runFile"),
  interpreter = function(args) require("testdock.interpreters").choose(args.rest) end,
  last = run("testdock.runLast"),
  logs = function(args) require("testdock.containers").logs(args.rest) end,
  nearest = run("testdock.runAtCursor"),
  output = function(args)
    if args.rest then
      client.command("testdock.showOutput", { id = args.rest })
    else
      ui.output()
    end
  end,
  run = function(args) run(args.rest and "testdock.run" or "testdock.runAtCursor")(args) end,
  status = page("testdock.status"),
  tree = function() require("testdock.tree").open() end,
}

--- Names of what may follow a command.
local values = { run = "tests", output = "tests", interpreter = "interpreters", logs = "containers" }

function M.run(call)
  local name, rest = call.args:match("^(%S*)%s*(.*)$")
  if commands[name] then
    -- A test's id may hold spaces.
    return commands[name]({ rest = rest ~= "" and rest or nil, fresh = call.bang or nil })
  end
  local known = "known: " .. table.concat(vim.fn.sort(vim.tbl_keys(commands)), ", ")
  if name == "" then
    return client.say("say what to do; " .. known)
  end
  client.say(("unknown command `%s`; %s"):format(name, known), vim.log.levels.ERROR)
end

function M.complete(lead, line)
  local command, rest = line:match("^%s*%S+%s+(%S+)%s(.*)$")
  local typed = command and rest or lead
  local candidates = command and client.names(values[command]) or vim.tbl_keys(commands)
  local found = vim.tbl_filter(function(it) return vim.startswith(it, typed) end, candidates)
  table.sort(found)
  -- Vim replaces the last word only.
  return vim.tbl_map(function(it) return it:sub(#typed - #lead + 1) end, found)
end

return M
