--- A Neovim with nothing but this plugin, which lies where a package lies; `TESTDOCK` is the server's command line.
vim.o.swapfile = false
vim.g.testdock = { cmd = vim.split(vim.env.TESTDOCK, " ") }
