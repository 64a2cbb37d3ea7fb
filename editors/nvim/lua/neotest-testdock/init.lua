--- An adapter for neotest: tests, runs, results and output are the server's.
local Model = require("testdock.model")
local Tree = require("neotest.types").Tree
local client = require("testdock.client")
local nio = require("nio")
local ui = require("testdock.ui")

local adapter = { name = "neotest-testdock", root = require("testdock.config").root }
local status = { passed = "passed", failed = "failed", errored = "failed", skipped = "skipped" }

--- How long the first tests are waited for, in milliseconds.
local PATIENCE = 10000

--- The tests of the server, once there are any.
local function model()
  nio.scheduler()
  local server = client.get()
  local known = server and Model.of(server.id)
  local waited = 0
  while known and not next(known.items) and waited < PATIENCE do
    nio.sleep(50)
    waited = waited + 50
  end
  return known
end

--- The item of a whole file.
local function file_item(known, path)
  local uri = vim.uri_from_fname(path)
  return vim.iter(known and vim.tbl_values(known.items) or {}):find(function(item)
    return item.uri == uri and item.kind == "module" and not item.range
  end)
end

function adapter.filter_dir(name)
  return name ~= "node_modules" and name:sub(1, 1) ~= "."
end

function adapter.is_test_file(path)
  return file_item(model(), path) ~= nil
end

function adapter.discover_positions(path)
  local known = model()
  local file = file_item(known, path)
  local function position(item)
    local from, to = item.range.start, item.range["end"]
    local range = { from.line, from.character, to.line, to.character }
    local list = {
      { id = item.id, type = item.kind == "test" and "test" or "namespace", name = item.label, path = path, range = range },
    }
    -- Cases are no positions of neotest: their test stands for them.
    for _, child in ipairs(item.kind == "test" and {} or known:below(item.id)) do
      table.insert(list, child.range and position(child) or nil)
    end
    return list
  end
  local list = { { id = path, type = "file", name = vim.fs.basename(path), path = path, range = { 0, 0, math.huge, 0 } } }
  for _, item in ipairs(file and known:below(file.id) or {}) do
    table.insert(list, item.range and position(item) or nil)
  end
  return file and Tree.from_list(list, function(it) return it.id end)
end

--- What neotest knows of a test, in words of its own.
local function result(known, id, output)
  local state = known.states[id] or {}
  local errors = {}
  for _, failure in ipairs(state.failures or {}) do
    local place = failure.location
    local here = place and place.uri == (known.items[id] or {}).uri
    table.insert(errors, { message = failure.message, line = here and place.range.start.line or nil })
  end
  return { status = status[known:word(id)], short = state.output, errors = errors, output = output }
end

--- A run of the server in place of a process.
local function strategy(spec)
  local known, name = model(), "neotest-" .. vim.uv.hrtime()
  local path, ended, news = nio.fn.tempname(), nio.control.future(), spec.context.news
  local file = assert(io.open(path, "w"))
  local group = vim.api.nvim_create_augroup(name, {})
  vim.api.nvim_create_autocmd("User", {
    group = group,
    pattern = { "TestdockOutput", "TestdockState", "TestdockEnd" },
    callback = function(event)
      local params = event.data.params
      if params.runId ~= name then
        return
      elseif params.text then
        file:write(params.text)
        file:flush()
      elseif params.testId then
        local parent = (known.items[params.testId] or {}).parent
        local is_case = parent and (known.items[parent] or {}).kind == "test"
        local id = is_case and parent or params.testId
        if status[known:word(id)] and known.items[id] then
          news.put_nowait({ [id] = result(known, id) })
        end
      else
        file:close()
        vim.api.nvim_del_augroup_by_id(group)
        news.put_nowait(false)
        ended.set(params.how == "completed" and 0 or 1)
      end
    end,
  })
  client.request("experimental/runTest", { include = spec.context.ids, runId = name })
  return {
    is_complete = ended.is_set,
    output = function() return path end,
    result = ended.wait,
    stop = function() client.notify("experimental/abortRunTest", { runId = name }) end,
    attach = function() ui.screen("output") end,
    output_stream = function() return function() end end,
  }
end

function adapter.build_spec(args)
  local at = args.tree:data()
  local known, ids = model(), { at.id }
  if at.type == "file" then
    ids = { file_item(known, at.path).id }
  elseif at.type == "dir" then
    local below = at.path:sub(#adapter.root(at.path) + 2)
    ids = below ~= "" and { below } or nil
  end
  local news = nio.control.queue()
  return {
    command = {},
    context = { ids = ids, news = news },
    strategy = strategy,
    -- Not what a process prints, but what the server says of tests.
    stream = function()
      return function() return news.get() or nil end
    end,
  }
end

function adapter.results(_, run, tree)
  local known, results = model(), {}
  for _, at in tree:iter() do
    if at.type == "test" and status[known:word(at.id)] then
      results[at.id] = result(known, at.id, run.output)
    end
  end
  return results
end

return adapter
