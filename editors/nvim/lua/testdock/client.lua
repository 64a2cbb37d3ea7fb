--- The server that a command means, and speaking with it.
local M = {}

--- How long a server may take to begin, in milliseconds.
local PATIENCE = 5000

function M.say(text, level)
  vim.notify("testdock: " .. text, level or vim.log.levels.INFO)
end

--- The server of the current buffer, else one that runs.
function M.running()
  return vim.lsp.get_client_by_id(vim.b.testdock)
    or vim.lsp.get_clients({ name = "testdock", bufnr = 0 })[1]
    or vim.lsp.get_clients({ name = "testdock" })[1]
end

--- The same, else a new one for the current folder.
function M.get()
  local client = M.running()
  if client then
    return client
  end
  local root = require("testdock.config").root(vim.fn.getcwd()) or vim.fn.getcwd()
  local wanted = vim.tbl_extend("force", vim.lsp.config.testdock, { name = "testdock", root_dir = root })
  local id = vim.lsp.start(wanted, { attach = false })
  client = id and vim.lsp.get_client_by_id(id)
  vim.wait(PATIENCE, function() return not client or client.initialized or client:is_stopped() end, 20)
  if client and client.initialized then
    -- What is open already belongs to it as well.
    vim.lsp.enable("testdock")
    return client
  elseif client then
    client:stop(true)
  end
  M.say("no server could be started; `:checkhealth testdock` says more", vim.log.levels.ERROR)
end

--- Asks; mistakes are said, answers handed on.
function M.request(method, params, on_answer)
  local client = M.get()
  return client and client:request(method, params, function(error, result)
    if error then
      M.say(error.message, vim.log.levels.ERROR)
    elseif on_answer then
      on_answer(result)
    end
  end)
end

--- All names of a kind that a server knows which runs: for what completes a command, after a little while at most.
function M.names(kind)
  local client = kind and M.running()
  local answer = client and client:request_sync("testdock/names", { of = kind }, 1000)
  return answer and answer.result and answer.result.names or {}
end

--- Sends one of the server's commands.
function M.command(name, argument, on_answer)
  local arguments = { next(argument) and argument or vim.empty_dict() }
  M.request("workspace/executeCommand", { command = name, arguments = arguments }, on_answer)
end

return M
