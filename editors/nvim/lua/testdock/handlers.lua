--- What the server says, made known to whoever shows it: as `User` events, with the parameters as data.
local Model = require("testdock.model")
local ui = require("testdock.ui")
require("testdock")

local events = {
  ["experimental/discoveredTests"] = "TestdockTests",
  ["experimental/changeTestState"] = "TestdockState",
  ["experimental/appendOutputToRunTest"] = "TestdockOutput",
  ["experimental/endRunTest"] = "TestdockEnd",
  ["testdock/interpretersChanged"] = "TestdockInterpreters",
  ["testdock/containersChanged"] = "TestdockContainers",
  ["testdock/logText"] = "TestdockLog",
  ["testdock/logEnded"] = "TestdockLogEnd",
  ["testdock/remedy"] = "TestdockRemedy",
}

--- What is taken over before it is made known; `false` where something newer is known.
local take = { TestdockTests = Model.discovered, TestdockState = Model.changed }

--- The one thing that mends it, typed into a terminal: to send it is left to the person.
ui.on("TestdockRemedy", function(params)
  vim.ui.select({ params.title, "not now" }, { prompt = params.message }, function(choice)
    if choice == params.title then
      ui.terminal(vim.o.shell, params.command)
    end
  end)
end)

return vim.iter(events):fold(require("testdock.lenses").handlers, function(handlers, method, event)
  handlers[method] = function(_, params, ctx)
    if not take[event] or take[event](Model.of(ctx.client_id), params) ~= false then
      local data = { client_id = ctx.client_id, params = params }
      vim.api.nvim_exec_autocmds("User", { pattern = event, data = data })
    end
  end
  return handlers
end)
