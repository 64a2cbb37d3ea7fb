--- The engine's containers in a window, and their logs.
local client = require("testdock.client")
local config = require("testdock.config")
local ui = require("testdock.ui")

local M = {}
local engines = {}

--- The program's command line about a container, by id or name, on an engine, which is `""` for the usual one.
local function program(words, container, engine)
  local where = engine ~= "" and { "--engine", engine } or {}
  return vim.iter({ config.options.cmd[1], words, where, container }):flatten():totable()
end

--- All containers, each with its engine.
local function rows()
  local found = {}
  for _, engine in ipairs(engines) do
    for _, group in ipairs(engine.groups) do
      for _, container in ipairs(group.containers) do
        table.insert(found, { engine = engine.engine, group = group.label, it = container })
      end
    end
  end
  return found
end

local function act(word)
  return function(row)
    local action = word or (row.it.state == "running" and "stop" or "start")
    local params = { engine = row.engine, id = row.it.id, action = action }
    client.request("testdock/containerAction", params)
  end
end

local function remove(row)
  if vim.fn.confirm("Remove the container " .. row.it.name .. "?", "&Yes\n&No", 2) == 1 then
    act("remove")(row)
  end
end

local function inspect(row)
  local params = { engine = row.engine, id = row.it.id }
  client.request("testdock/inspectContainer", params, function(answer)
    ui.page(answer.text, "json")
  end)
end

local function terminal(row)
  ui.terminal(program({ "containers", "exec" }, row.it.id, row.engine), "")
end

local function follow(row)
  ui.terminal(program({ "logs", "--follow", "--tail", "1000" }, row.it.id, row.engine))
  vim.wo[0][0].winbar = "Log of " .. row.it.name
end

local keys = {
  d = { "remove", remove },
  i = { "inspect", inspect },
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
  for _, row in ipairs(rows()) do
    if group ~= row.group then
      group = row.group
      add("  ", group)
    end
    local it = row.it
    local words = { it.name, it.image, it.status, it.health or "", it.ports or "" }
    add("    ", table.concat(words, "  "), row, it.state == "running" and "●" or "○", "DiagnosticInfo")
  end
end)

local function show(snapshot)
  engines = snapshot.engines
  panel.draw()
end

function M.open()
  vim.api.nvim_create_autocmd("BufWinLeave", {
    buffer = panel.open(),
    once = true,
    callback = function()
      client.notify("testdock/watchContainers", { watch = false })
    end,
  })
  client.request("testdock/containers", nil, show)
  client.notify("testdock/watchContainers", { watch = true })
end

--- Names of containers that were told last, for completion.
function M.names()
  return vim.tbl_map(function(row) return row.it.name end, rows())
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
