--- What the tests run in: shown, and chosen.
local client = require("testdock.client")

local M = {}

local function use(name)
  local server = client.get()
  local names = server and client.names("interpreters") or {}
  if next(names) and not vim.list_contains(names, name) then
    local known = table.concat(names, ", ")
    client.say(("no interpreter is named `%s`; name one of %s"):format(name, known), vim.log.levels.ERROR)
  elseif server then
    server.settings.testdock = vim.tbl_extend("force", server.settings.testdock or {}, { interpreter = name })
    server:notify("workspace/didChangeConfiguration", { settings = server.settings })
    client.say("tests run in " .. name)
  end
end

--- Chooses the interpreter of this name, or shows all to choose from.
function M.choose(name)
  if name then
    return use(name)
  end
  client.request("testdock/interpreters", nil, function(answer)
    local function words(it)
      return ("%s %s: %s (%s)"):format(it.chosen and "●" or "○", it.name, it.source, it.detail)
    end
    vim.ui.select(answer.interpreters, { prompt = "Interpreter", format_item = words }, function(it)
      if it then
        use(it.name)
      end
    end)
  end)
end

return M
