local client = require("testdock.client")
local ui = require("testdock.ui")

local M = {}
local last = ""

--- Options as `:help testdock-options` lists them; calling this is not needed.
M.setup = require("testdock.config").setup

--- How far the run is, or how the last one ended, for a status line: Neovim itself shows progress nowhere.
function M.status()
  return last
end

vim.api.nvim_create_autocmd("LspProgress", {
  callback = function(event)
    local told = event.data.params
    if vim.startswith(tostring(told.token), "testdock/run/") and told.value.message then
      last = told.value.message
      vim.cmd("redrawstatus!")
    end
  end,
})

ui.on("TestdockExit", function()
  last = ""
  vim.cmd("redrawstatus!")
end)

ui.on("TestdockOutput", function(params) ui.append(params.text) end)

ui.on("TestdockEnd", function(params)
  last = params.message
  vim.cmd("redrawstatus!")
  ui.append(("\27[1m%s\27[0m\n\n"):format(last))
  -- Why a run could not be, the server says itself, with what mends it.
  if params.how == "completed" or params.how == "cancelled" then
    client.say(last, (last:find("failed") or last:find("errored")) and vim.log.levels.WARN)
  end
end)

return M
