--- Neovim with the block of README.md and nothing else; the block is loaded as the configuration.
package.path = vim.env.TESTDOCK_NVIM_TESTS .. "/?.lua;" .. package.path
local it = require("support")

local orders

local function says_that_nothing_runs()
  vim.cmd("Run")
  it.said("testdock does not run: put it on your PATH")
end

local function starts()
  vim.cmd.edit("tests/test_orders.py")
  orders = vim.api.nvim_get_current_buf()
  it.lenses(orders)
end

local function failures()
  local lines = {}
  for _, one in ipairs(vim.diagnostic.get(orders)) do
    lines[one.lnum + 1] = one.code
  end
  return lines
end

local function runs()
  vim.cmd("Run")
  local line = it.line(orders, "assert total == Decimal")
  it.soon("the diagnostic", function()
    return failures()[line] == "tests/test_orders.py::test_total_with_tax"
  end)
  it.soon("how it ended, for a status line", function()
    return (vim.g.testdock or ""):find("%d failed.* in ")
  end)
end

local function lens_runs()
  local line = it.line(orders, "total = order.total_with_tax")
  vim.api.nvim_buf_set_lines(orders, line, line + 1, false, { '    assert total == Decimal("77.22")' })
  vim.cmd("silent write")
  vim.api.nvim_win_set_cursor(0, { it.line(orders, "def test_total_with_tax"), 0 })
  vim.ui.select = function(items, options, on_choice)
    for index, item in ipairs(items) do
      if options.format_item(item):find("Run") then
        return on_choice(item, index)
      end
    end
  end
  vim.lsp.codelens.run()
  it.soon("the diagnostic is gone", function()
    return not failures()[line + 1]
  end)
end

it.play({
  { "a command without a server says what to do", says_that_nothing_runs },
  { "a server starts, and shows its lenses", starts },
  { "a command runs all, and the failing line is marked", runs },
  { "a lens runs a test that was mended", lens_runs },
})
