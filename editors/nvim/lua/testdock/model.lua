--- The tests of each server, and how they stand.
local ui = require("testdock.ui")

local M = {}
M.__index = M

--- Worse ones hide better ones.
local rank = { passed = 1, skipped = 2, enqueued = 3, started = 4, failed = 5, errored = 6 }

local models = {}

--- The model of a client.
function M.of(client_id)
  models[client_id] = models[client_id] or setmetatable({ items = {}, states = {} }, M)
  return models[client_id]
end

--- Takes over tests that were found; of a file that is named, all others are gone.
function M:discovered(params)
  local files, kept = {}, {}
  for _, document in ipairs(params.scopeFile or {}) do
    files[document.uri] = true
  end
  for _, item in ipairs(params.tests) do
    item.uri = item.textDocument and item.textDocument.uri
    self.items[item.id], kept[item.id] = item, true
  end
  for id, item in pairs(self.items) do
    if item.uri and files[item.uri] and not kept[id] then
      self.items[id], self.states[id] = nil, nil
    end
  end
  self.tree = nil
end

--- Takes over how a test stands.
function M:changed(params)
  self.states[params.testId] = not params.retracted and params or nil
end

local function before(a, b)
  local function line(item)
    return item.range and item.range.start.line or 0
  end
  if a.uri == b.uri and line(a) ~= line(b) then
    return line(a) < line(b)
  end
  return a.label < b.label
end

--- What an item holds, in the order of the files; what stands at the top for `""`.
function M:below(id)
  if not self.tree then
    self.tree = vim.defaulttable()
    for _, item in pairs(self.items) do
      table.insert(self.tree[item.parent or ""], item)
    end
    for _, items in pairs(self.tree) do
      table.sort(items, before)
    end
  end
  return rawget(self.tree, id) or {}
end

--- The worst word for how an item and all below it stand.
function M:word(id)
  local state = self.states[id]
  local worst = state and (state.errored and "errored" or state.state.tag)
  for _, child in ipairs(self:below(id)) do
    local word = self:word(child.id)
    if (rank[word] or 0) > (rank[worst] or 0) then
      worst = word
    end
  end
  return worst
end

ui.on("TestdockExit", function(_, client_id) models[client_id] = nil end)
ui.on("TestdockTests", function(params, client_id) M.of(client_id):discovered(params) end)
ui.on("TestdockState", function(params, client_id) M.of(client_id):changed(params) end)

return M
