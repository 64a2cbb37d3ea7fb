--- Windows: panels whose lines stand for something, pages of text, terminals.
local M = {}
local namespace = vim.api.nvim_create_namespace("testdock.ui")

--- Lines of output that are kept.
local LINES = 20000

--- Follows what the server says: the action gets its parameters and the client's id.
function M.on(events, action)
  vim.api.nvim_create_autocmd("User", {
    pattern = events,
    callback = function(event)
      action(event.data.params, event.data.client_id)
    end,
  })
end

--- Makes known what the server of this id says.
function M.tell(event, params, client_id)
  vim.api.nvim_exec_autocmds("User", { pattern = event, data = { client_id = client_id, params = params } })
end

--- Does something soon, once for all calls until then.
local function soon(action)
  local waiting = false
  return function()
    if not waiting then
      waiting = true
      vim.defer_fn(function()
        waiting = false
        action()
      end, 50)
    end
  end
end

local function named(name)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buf, "testdock://" .. name)
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buf })
  return buf
end

--- Shows a buffer, in the window that has it or a new one.
local function focus(buf, split)
  local window = vim.fn.bufwinid(buf)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd(split)
    vim.api.nvim_win_set_buf(0, buf)
  end
end

--- A panel: `draw` adds its lines, with what each stands for, an icon and its colour; `keys` act on that.
function M.panel(name, split, keys, draw)
  local panel, buf, rows, help = {}, -1, {}, {}
  for key, action in vim.spairs(keys) do
    table.insert(help, key .. " " .. action[1])
  end
  local legend = table.concat(help, "  ")
  panel.draw = soon(function()
    if not vim.api.nvim_buf_is_valid(buf) then
      return
    end
    local lines, marks = { legend }, { { 0, #legend, "Comment" } }
    rows = {}
    draw(function(front, text, row, icon, group)
      table.insert(lines, front .. (icon and icon .. " " or "") .. text)
      rows[#lines], marks[#lines] = row, { #front, #(icon or ""), group }
    end)
    vim.bo[buf].modifiable = true
    vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
    vim.bo[buf].modifiable = false
    for line, mark in ipairs(marks) do
      local range = { end_col = mark[1] + mark[2], hl_group = mark[3] }
      vim.api.nvim_buf_set_extmark(buf, namespace, line - 1, mark[1], range)
    end
  end)
  --- Opens it; commands in it are for this server.
  function panel.open(server)
    if not vim.api.nvim_buf_is_valid(buf) then
      buf = named(name)
      for key, action in pairs(keys) do
        vim.keymap.set("n", key, function()
          local row = rows[vim.fn.line(".")]
          if row then
            action[2](row)
          end
        end, { buffer = buf, nowait = true })
      end
    end
    vim.b[buf].testdock = server.id
    focus(buf, split)
    vim.wo[0][0].wrap = false
    panel.draw()
    return buf
  end
  return panel
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
    local buf = named("output")
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
  focus(output().buf, "botright 15split")
  vim.cmd("normal! G")
end

return M
