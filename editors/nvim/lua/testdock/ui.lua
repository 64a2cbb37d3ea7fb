--- What the server says, made known; windows for pages of text, terminals and output.
local M = {}

--- Lines of output that are kept.
local LINES = 20000

--- Follows what the server says: the action gets its parameters, the client's id and the event's name.
function M.on(events, action)
  return vim.api.nvim_create_autocmd("User", {
    pattern = events,
    callback = function(event) action(event.data.params, event.data.client_id, event.match) end,
  })
end

--- Makes known what the server of this id says.
function M.tell(event, params, client_id)
  vim.api.nvim_exec_autocmds("User", { pattern = event, data = { client_id = client_id, params = params } })
end

--- A buffer that is no file; `q` closes its window.
function M.buffer(name)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buf, "testdock://" .. name)
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buf })
  return buf
end

--- Shows a buffer, in the window that has it or a new one.
function M.focus(buf, split)
  if vim.fn.win_gotoid(vim.fn.bufwinid(buf)) == 0 then
    vim.cmd(split)
    vim.api.nvim_win_set_buf(0, buf)
  end
end

--- A page of text.
function M.page(text, filetype)
  vim.cmd("botright new")
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, "\n"))
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.modifiable = "nofile", "wipe", false
  -- Last: whoever hears of the type must see that it is no file.
  vim.bo.filetype = filetype
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = 0 })
end

--- A program in a terminal, where one can type: this text is typed already, but not sent. Without it the end is shown.
function M.terminal(command, typed)
  vim.cmd("botright 15new")
  local job = vim.fn.jobstart(command, { term = true })
  vim.bo.scrollback = LINES
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = 0 })
  if typed then
    vim.fn.chansend(job, typed)
    vim.cmd.startinsert()
  else
    vim.cmd("normal! G")
  end
end

local screen

--- What runs print, as a terminal shows it, in a buffer.
local function output()
  if not (screen and vim.api.nvim_buf_is_valid(screen.buf)) then
    local buf = M.buffer("output")
    screen = { buf = buf, channel = vim.api.nvim_open_term(buf, {}) }
    vim.bo[buf].scrollback = LINES
  end
  return screen
end

function M.append(text)
  vim.api.nvim_chan_send(output().channel, (text:gsub("\r?\n", "\r\n")))
end

--- Opens it at its end.
function M.output()
  M.focus(output().buf, "botright 15split")
  vim.cmd("normal! G")
end

return M
