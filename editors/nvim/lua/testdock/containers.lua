--- The engine's containers in a window, and their logs.
local client = require("testdock.client")
local config = require("testdock.config")
local ui = require("testdock.ui")

local M = {}
local engines = {}

--- All containers of engines: what is wanted of one names its engine too, which is `""` for the usual one.
local function containers(engines)
  local found = {}
  for _, engine in ipairs(engines) do
    for _, group in ipairs(engine.groups) do
      for _, it in ipairs(group.containers) do
        table.insert(found, { engine = engine.engine, group = group.label, it = it })
      end
    end
  end
  return found
end

--- The program in a terminal, about a container.
local function program(words, row)
  return vim.list_extend({ config.options.cmd[1] }, vim.list_extend(words, { "--engine", row.engine, row.it.id }))
end

local function ask(method, more, on_answer)
  return function(row)
    local params = vim.tbl_extend("error", { engine = row.engine, id = row.it.id }, more and more(row) or {})
    client.request(method, params, on_answer)
  end
end

local function act(word)
  return ask("testdock/containerAction", function(row)
    return { action = word or (row.it.state == "running" and "stop" or "start") }
  end)
end

local function remove(row)
  if vim.fn.confirm("Remove the container " .. row.it.name .. "?", "&Yes\n&No", 2) == 1 then
    act("remove")(row)
  end
end

local function terminal(row)
  ui.terminal(program({ "containers", "exec" }, row), "")
end

local function follow(row)
  ui.terminal(program({ "logs", "--follow", "--tail", "1000" }, row))
  vim.wo[0][0].winbar = "Log of " .. row.it.name
end

local keys = {
  d = { "remove", remove },
  i = { "inspect", ask("testdock/inspectContainer", nil, function(answer) ui.page(answer.text, "json") end) },
  l = { "logs", follow },
  r = { "restart", act("restart") },
  s = { "start or stop", act() },
  t = { "terminal", terminal },
}

local panel = ui.panel("containers", "botright 15split", keys, function(add)
  for _, engine in ipairs(engines) do
    local failed = engine.error
    add("", engine.label .. (failed and ": " .. failed.message .. "; " .. (failed.help or "") or ""))
  end
  local group
  for _, row in ipairs(containers(engines)) do
    if group ~= row.group then
      group = row.group
      add("  ", group)
    end
    local it = row.it
    add("    ", it.name .. "  " .. it.detail, row, it.state == "running" and "●" or "○", "DiagnosticInfo")
  end
end)

local function show(snapshot)
  engines = snapshot.engines
  panel.draw()
end

function M.open()
  local server = client.get()
  if not server then
    return
  end
  server:request("testdock/containers", nil, function(_, answer) show(answer) end)
  server:notify("testdock/watchContainers", { watch = true })
  vim.api.nvim_create_autocmd("BufWinLeave", {
    buffer = panel.open(server),
    once = true,
    callback = function() server:notify("testdock/watchContainers", { watch = false }) end,
  })
end

--- Names of containers, for completion.
function M.names()
  local told = client.ask_now("testdock/containers").engines or {}
  return vim.tbl_map(function(row) return row.it.name end, containers(told))
end

--- Follows the log of a container by name; without a name, all are shown to choose from.
function M.logs(name)
  if name then
    follow({ it = { id = name, name = name }, engine = "" })
  else
    M.open()
  end
end

ui.on("TestdockContainers", show)

return M
