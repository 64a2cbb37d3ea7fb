--- What the scenarios are written in.
local M = {}

--- Whether recorded runs are played, in place of real ones.
M.is_replay = vim.uv.fs_stat(vim.fs.normalize("~/recording.jsonl")) ~= nil

--- So long anything may take that is expected to happen.
local PATIENCE = tonumber(vim.env.TESTDOCK_PATIENCE or "60") * 1000

local said = {}
vim.notify = function(text)
  table.insert(said, text)
end

function M.check(what, truth, seen)
  if not truth then
    error(what .. (seen ~= nil and (": " .. vim.inspect(seen)) or ""), 2)
  end
end

function M.equal(what, seen, wanted)
  if not vim.deep_equal(seen, wanted) then
    error(("%s: %s is not %s"):format(what, vim.inspect(seen), vim.inspect(wanted)), 2)
  end
end

--- Waits until `probe` gives something.
function M.soon(what, probe)
  local found
  local is_there = vim.wait(PATIENCE, function()
    found = probe()
    return found
  end, 20)
  if not is_there then
    error(("in vain: %s; messages: %s"):format(what, vim.inspect(said)), 2)
  end
  return found
end

--- The lenses of a buffer, once there are any.
function M.lenses(buf)
  local is_new = vim.fn.has("nvim-0.12") == 1
  return M.soon("lenses", function()
    if not is_new then
      -- Nobody rests the cursor here.
      vim.api.nvim_exec_autocmds("CursorHold", { buffer = buf })
    end
    local all = vim.lsp.codelens.get(is_new and { bufnr = buf } or buf)
    return #all > 0 and all
  end)
end

--- Collects what is made known as this event.
function M.listen(event)
  local heard = {}
  vim.api.nvim_create_autocmd("User", {
    pattern = event,
    callback = function(it)
      table.insert(heard, it.data.params)
    end,
  })
  return heard
end

--- The tests that have cases: they stand as these do, and are none of their own.
local function with_cases()
  local server, found = vim.lsp.get_clients({ name = "testdock" })[1], {}
  for _, id in ipairs(server:request_sync("testdock/names", { of = "tests" }, PATIENCE).result.names) do
    found[id:match("^(.-)%[") or ""] = true
  end
  return found
end

--- Does something that starts a run, and waits for its end: how, and how its tests ended.
function M.run(what, action)
  local ends, states = M.listen("TestdockEnd"), M.listen("TestdockState")
  action()
  local ended = M.soon("the end of " .. what, function()
    return ends[1]
  end)
  local outcomes, is_whole = {}, with_cases()
  for _, state in ipairs(states) do
    local tag = state.errored and "errored" or state.state.tag
    if state.runId == ended.runId and not is_whole[state.testId] and tag ~= "enqueued" and tag ~= "started" then
      outcomes[state.testId] = tag
    end
  end
  return ended, outcomes
end

--- What was shown without a notification: Neovim 0.11 shows so what a server says.
local function shown(pattern)
  if vim.api.nvim_exec2("messages", { output = true }).output:find(pattern) then
    vim.cmd("messages clear")
    return true
  end
end

function M.said(pattern)
  return M.soon("a message like " .. pattern, function()
    if shown(pattern) then
      return true
    end
    for index, text in ipairs(said) do
      if text:find(pattern) then
        table.remove(said, index)
        return text
      end
    end
  end)
end

--- Whether nothing like this was said since it was asked for.
function M.unsaid(pattern)
  return not shown(pattern) and not vim.iter(said):any(function(text) return text:find(pattern) end)
end

--- The text of a buffer.
function M.text(buf)
  return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), "\n")
end

--- Waits until a buffer holds a text.
function M.shows(buf, pattern)
  return M.soon(vim.api.nvim_buf_get_name(buf) .. " shows " .. pattern, function()
    return M.text(buf):find(pattern)
  end)
end

--- The line of a file that holds this text, from 1.
function M.line(buf, text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buf, 0, -1, false)) do
    if line:find(text, 1, true) then
      return number
    end
  end
  error("no line holds " .. text, 2)
end

--- Plays the scenarios in order, once Neovim has started; the first that fails ends it with an error.
function M.play(scenarios)
  if vim.v.vim_did_enter == 0 then
    vim.api.nvim_create_autocmd("VimEnter", {
      callback = vim.schedule_wrap(function()
        M.play(scenarios)
      end),
    })
    return
  end
  for _, scenario in ipairs(scenarios) do
    local began = vim.uv.hrtime()
    local is_good, why = xpcall(scenario[2], debug.traceback)
    local time = (vim.uv.hrtime() - began) / 1e9
    io.stdout:write(("%s  %s (%.1f s)\n"):format(is_good and "ok  " or "FAIL", scenario[1], time))
    if not is_good then
      io.stdout:write(why .. "\n")
      vim.cmd("cquit 1")
    end
  end
  vim.cmd("qall!")
end

return M
