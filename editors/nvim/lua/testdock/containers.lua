--- The engine's containers in a window, and their logs.
local client = require("testdock.client")
local config = require("testdock.config")
local panels = require("testdock.panel")
local ui = require("testdock.ui")

--- The program in a terminal, about a container.
local function program(words, it)
  return vim.list_extend({ config.options.cmd[1] }, vim.list_extend(words, { "--engine", it.engine, it.id }))
end

local function act(it, action)
  client.request("testdock/containerAction", { engine = it.engine, id = it.id, action = action })
end

local function turn(it)
  act(it, vim.list_contains(it.actions, "stop") and "stop" or "start")
end

local function remove(it)
  if vim.fn.confirm("Remove the container " .. it.name .. "?", "&Yes\n&No", 2) == 1 then
    act(it, "remove")
  end
end

local function inspect(it)
  client.request("testdock/inspectContainer", { engine = it.engine, id = it.id }, function(answer)
    ui.page(answer.text, "json")
  end)
end

local function terminal(it)
  ui.terminal(program({ "containers", "exec" }, it), "")
end

local function follow(it)
  ui.terminal(program({ "logs", "--follow", "--tail", "1000" }, it))
  vim.wo[0][0].winbar = "Log of " .. it.name
end

local keys = {
  d = { "remove", remove },
  i = { "inspect", inspect },
  l = { "logs", follow },
  r = { "restart", function(it) act(it, "restart") end },
  s = { "start or stop", turn },
  t = { "terminal", terminal },
}

local panel = panels.new("Containers", "testdock/watchContainers", "botright 15split", keys, function(told, add)
  for _, engine in ipairs(told.engines or {}) do
    add("", table.concat({ engine.label, engine.detail }, ": "))
    for _, group in ipairs(engine.groups) do
      add("  ", group.label)
      for _, it in ipairs(group.containers) do
        add("    ", it.name .. "  " .. it.detail, it, it.state == "running" and "●" or "○", "DiagnosticInfo")
      end
    end
  end
end)

--- Follows the log of a container by name; without a name, all are shown to choose from.
function panel.logs(name)
  if name then
    follow({ id = name, name = name, engine = "" })
  else
    panel.open()
  end
end

return panel
