local client = require("testdock.client")
local ui = require("testdock.ui")

local M = {}
local last = ""

--- Options as `:help testdock-options` lists them; calling this is not needed.
M.setup = function(options)
  require("testdock.config").setup(options)
end

--- How the last run ended, for a status line; what runs is in `vim.lsp.status()`.
function M.status()
  return last
end

ui.on("TestdockOutput", function(params)
  ui.append("output", params.text)
end)

ui.on("TestdockEnd", function(params)
  last = params.message
  ui.append("output", ("\27[1m%s\27[0m\n\n"):format(last))
  local is_good = params.how == "completed" and not last:find("failed") and not last:find("errored")
  client.say(last, is_good and vim.log.levels.INFO or vim.log.levels.WARN)
end)

return M
