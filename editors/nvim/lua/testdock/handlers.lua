--- What the server says, made known to whoever shows it: as `User` events, with the parameters as data.
local ui = require("testdock.ui")
require("testdock")
require("testdock.signs")

local events = {
  ["experimental/discoveredTests"] = "TestdockTests",
  ["experimental/changeTestState"] = "TestdockState",
  ["testdock/marks"] = "TestdockMarks",
  ["testdock/treeChanged"] = "TestdockTree",
  ["experimental/appendOutputToRunTest"] = "TestdockOutput",
  ["experimental/endRunTest"] = "TestdockEnd",
  ["testdock/interpretersChanged"] = "TestdockInterpreters",
  ["testdock/containersChanged"] = "TestdockContainers",
  ["testdock/remedy"] = "TestdockRemedy",
}

--- The one thing that mends it, typed into a terminal: to send it is left to the person.
ui.on("TestdockRemedy", function(params)
  vim.ui.select({ params.title, "not now" }, { prompt = params.message }, function(choice)
    if choice == params.title then
      ui.terminal(vim.o.shell, params.command)
    end
  end)
end)

local handlers = vim.tbl_map(function(event)
  return function(_, params, context) ui.tell(event, params, context.client_id) end
end, events)

--- Neovim 0.12 does it by itself.
handlers["workspace/codeLens/refresh"] = vim.lsp.handlers["workspace/codeLens/refresh"] or function(_, _, context)
  for buf in pairs(vim.lsp.get_client_by_id(context.client_id).attached_buffers) do
    require("testdock.config").show_lenses(buf)
  end
  return vim.NIL
end

return handlers
