--- A Neovim with nothing but this plugin, which lies where a package lies.
vim.o.swapfile = false
