--- Windows whose lines stand for what a server tells of as long as it is watched.
local client = require("testdock.client")
local ui = require("testdock.ui")

local M = {}
local namespace = vim.api.nvim_create_namespace("testdock.panel")

--- What each window's cursor is on, and what puts it there again: on something else a key would do harm. What is gone leaves it
--- in the first line.
local function cursors(buf, names)
  local on = {}
  for _, win in ipairs(vim.fn.win_findbuf(buf)) do
    on[win] = names[vim.api.nvim_win_get_cursor(win)[1]]
  end
  return function(now)
    local lines = {}
    for line = #now, 1, -1 do
      lines[now[line]] = line
    end
    for win, name in pairs(on) do
      vim.api.nvim_win_set_cursor(win, { lines[name] or 1, 0 })
    end
  end
end

--- Writes lines, and colours a part of each: from where, how much, and how.
local function write(buf, lines, colours)
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  vim.bo[buf].modifiable = false
  for line, colour in ipairs(colours) do
    local range = { end_col = colour[1] + colour[2], hl_group = colour[3] }
    vim.api.nvim_buf_set_extmark(buf, namespace, line - 1, colour[1], range)
  end
end

--- A panel of what is told by this name once this method was notified of: `draw` adds its lines, with what each stands
--- for, an icon and its colour; `keys` act on that.
function M.new(name, method, split, keys, draw)
  local panel, buf, server, told, rows, names = {}, -1, nil, {}, {}, {}
  local help = vim.iter(vim.spairs(keys)):map(function(key, action) return key .. " " .. action[1] end)
  local legend = help:join("  ")

  function panel.draw()
    if not vim.api.nvim_buf_is_valid(buf) then
      return
    end
    local lines, colours = { legend }, { { 0, #legend, "Comment" } }
    local set_cursors = cursors(buf, names)
    rows, names = {}, { legend }
    draw(told, function(front, text, row, icon, group)
      table.insert(lines, front .. (icon and icon .. " " or "") .. text)
      table.insert(names, row and row.id or text)
      rows[#lines], colours[#lines] = row, { #front, #(icon or ""), group }
    end)
    write(buf, lines, colours)
    set_cursors(names)
  end

  local function tell(is_watching)
    if server then
      server:notify(method, { watch = is_watching })
    end
  end

  --- Commands in it are for the server that is watched.
  local function watch(other)
    tell(false)
    server = other
    vim.b[buf].testdock = server.id
    tell(true)
  end

  local function make()
    buf = ui.buffer(name:lower())
    for key, action in pairs(keys) do
      vim.keymap.set("n", key, function()
        local row = rows[vim.fn.line(".")]
        if row then
          action[2](row)
        end
      end, { buffer = buf, nowait = true })
    end
    vim.api.nvim_create_autocmd({ "BufWinEnter", "BufWinLeave" }, {
      buffer = buf,
      callback = function(event) tell(event.event == "BufWinEnter") end,
    })
  end

  function panel.open()
    local wanted = client.get()
    if wanted then
      if not vim.api.nvim_buf_is_valid(buf) then
        make()
      end
      ui.focus(buf, split)
      vim.wo[0][0].wrap = false
      panel.draw()
      watch(wanted)
    end
  end

  ui.on({ "Testdock" .. name, "TestdockExit" }, function(params, client_id, event)
    if server and client_id == server.id then
      told, server = params, event ~= "TestdockExit" and server or nil
      panel.draw()
    end
  end)

  --- One that takes the place of a server that is gone is watched in its place.
  ui.on("TestdockTests", function(_, client_id)
    if not server and #vim.fn.win_findbuf(buf) > 0 then
      watch(vim.lsp.get_client_by_id(client_id))
    end
  end)

  return panel
end

return M
