--- `:Testdock …`
local client = require("testdock.client")
local ui = require("testdock.ui")

local M = {}

--- Sends a command of the server; `more` is what it needs beside the wish for a clean container.
local function send(name, more)
  return function(args)
    client.command(name, vim.tbl_extend("error", { fresh = args.fresh }, more and more(args) or {}))
  end
end

--- Shows the text that a command answers.
local function page(name)
  return function()
    client.command(name, {}, function(text) ui.page(text, "markdown") end)
  end
end

local nearest = send("testdock.runAtCursor", function()
  local place = vim.lsp.util.make_position_params(0, "utf-16")
  return { uri = place.textDocument.uri, position = place.position }
end)
local by_id = send("testdock.run", function(args) return { ids = { args.rest } } end)

local commands = {
  all = send("testdock.runAll"),
  cancel = function()
    client.command("testdock.cancel", {}, function(answer)
      client.say(#answer.runIds == 0 and "nothing runs" or "cancelling")
    end)
  end,
  containers = function() require("testdock.containers").open() end,
  doctor = page("testdock.doctor"),
  failed = send("testdock.runFailed"),
  file = send("testdock.runFile", function() return { uri = vim.uri_from_bufnr(0) } end),
  interpreter = function(args) require("testdock.interpreters").choose(args.rest) end,
  last = send("testdock.runLast"),
  logs = function(args) require("testdock.containers").logs(args.rest) end,
  nearest = nearest,
  output = function(args)
    if args.rest then
      client.command("testdock.showOutput", { id = args.rest })
    else
      ui.output()
    end
  end,
  run = function(args) (args.rest and by_id or nearest)(args) end,
  status = page("testdock.status"),
  tree = function() require("testdock.tree").open() end,
}

local function ids()
  local server = client.running()
  return server and vim.tbl_keys(require("testdock.model").of(server.id).items) or {}
end

--- What may follow a command.
local values = {
  run = ids,
  output = ids,
  interpreter = function() return require("testdock.interpreters").names() end,
  logs = function() return require("testdock.containers").names() end,
}

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
  local candidates = not command and vim.tbl_keys(commands) or values[command] and values[command]() or {}
  local found = vim.tbl_filter(function(it) return vim.startswith(it, typed) end, candidates)
  table.sort(found)
  -- Vim replaces the last word only.
  return vim.tbl_map(function(it) return it:sub(#typed - #lead + 1) end, found)
end

return M
