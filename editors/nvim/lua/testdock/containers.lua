--- The engine's containers in a window, and their logs.
local client = require("testdock.client")
local config = require("testdock.config")
local ui = require("testdock.ui")

local M = {}
local snapshot, logs = { seq = 0, engines = {} }, {}

--- All containers, each with its engine.
local function rows()
  local found = {}
  for _, engine in ipairs(snapshot.engines) do
    for _, group in ipairs(engine.groups) do
      for _, container in ipairs(group.containers) do
        table.insert(found, { engine = engine.engine, group = group.label, it = container })
      end
    end
  end
  return found
end

local function ask(method, more, on_answer)
  return function(row)
    local params = vim.tbl_extend("error", { engine = row.engine, id = row.it.id }, more(row))
    client.request("testdock/" .. method, params, on_answer)
  end
end

local function act(word)
  return ask("containerAction", function(row)
    return { action = word or (row.it.state == "running" and "stop" or "start") }
  end)
end

local function remove(row)
  if vim.fn.confirm("Remove the container " .. row.it.name .. "?", "&Yes\n&No", 2) == 1 then
    act("remove")(row)
  end
end

local inspect = ask("inspectContainer", function() return {} end, function(answer)
  ui.page(answer.text, "json")
end)

local function terminal(row)
  ui.terminal({ config.options.cmd[1], "containers", "exec", row.it.id })
end

local function follow(row)
  local name = "logs/" .. row.it.name
  local id = name .. "-" .. vim.uv.hrtime()
  logs[id] = name
  vim.api.nvim_create_autocmd("BufWipeout", {
    buffer = ui.screen(name),
    callback = function()
      logs[id] = nil
      client.notify("testdock/closeLogs", { logId = id })
    end,
  })
  ask("openLogs", function() return { logId = id, follow = true, colors = true } end)(row)
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
  for _, engine in ipairs(snapshot.engines) do
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

local function show(newer)
  if newer.seq >= snapshot.seq then
    snapshot = newer
    panel.draw()
  end
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
  if not name then
    return M.open()
  end
  client.request("testdock/containers", nil, function(newer)
    show(newer)
    local row = vim.iter(rows()):find(function(row) return row.it.name == name end)
    if row then
      follow(row)
    else
      client.say("no container is named " .. name, vim.log.levels.WARN)
    end
  end)
end

ui.on("TestdockContainers", show)
ui.on({ "TestdockLog", "TestdockLogEnd" }, function(params)
  if logs[params.logId] then
    ui.append(logs[params.logId], params.text or ((params.message or "the log ended") .. "\n"))
  end
end)

return M
