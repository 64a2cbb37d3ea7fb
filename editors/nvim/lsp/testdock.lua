return require("testdock.config").lsp()
