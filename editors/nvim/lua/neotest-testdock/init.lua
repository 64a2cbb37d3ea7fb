--- An adapter for neotest: tests, runs, results and output are the server's.
local Model = require("testdock.model")
local client = require("testdock.client")
local nio = require("nio")
local positions = require("neotest.lib").positions
local ui = require("testdock.ui")

local adapter = { name = "neotest-testdock", root = require("testdock.config").root }
local status = { passed = "passed", failed = "failed", skipped = "skipped" }

--- The id of a file or folder: `.` for a whole project, nothing outside of one.
local function id_of(path)
  local root = adapter.root(path)
  return root and vim.fs.relpath(root, path)
end

--- The server of a path's project.
local function server_of(path)
  local root = adapter.root(path)
  return vim.iter(vim.lsp.get_clients({ name = "testdock" })):find(function(it)
    return it.root_dir == root
  end) or client.get()
end

--- The tests of a file, once the server has read the project.
local function tests_in(path)
  nio.scheduler()
  local id, answered = id_of(path), nio.control.future()
  local server = id and server_of(path)
  if not server then
    return {}
  end
  server:request("experimental/discoverTest", { testId = id }, function(_, answer)
    answered.set(answer and answer.tests or {})
  end)
  return answered.wait()
end

function adapter.filter_dir(name)
  return name ~= "node_modules" and name:sub(1, 1) ~= "."
end

function adapter.is_test_file(path)
  return #tests_in(path) > 0
end

--- Cases are no positions of neotest: their test stands for them, where they say that they stand.
function adapter.discover_positions(path)
  local found = { { id = path, type = "file", name = vim.fs.basename(path), path = path, range = { 0, 0, math.huge, 0 } } }
  local items = {}
  for _, item in ipairs(tests_in(path)) do
    local above = items[item.parent]
    local is_case = above and above.kind == "test" and vim.deep_equal(above.range, item.range)
    items[item.id] = item
    if item.range and not is_case then
      local from, to = item.range.start, item.range["end"]
      table.insert(found, {
        id = item.id,
        type = item.kind == "test" and "test" or "namespace",
        name = item.label,
        path = path,
        range = { from.line, from.character, to.line, to.character },
      })
    end
  end
  return positions.parse_tree(found, { position_id = function(it) return it.id end })
end

--- What a run said of a test, in words of neotest; nothing where it did not end.
local function result(run, id)
  local state = run.model.states[id]
  local ended = state and state.runId == run.id and status[state.state.tag]
  local errors = {}
  for _, it in ipairs(ended and { { id = id }, unpack(run.model:below(id)) } or {}) do
    for _, failure in ipairs((run.model.states[it.id] or {}).failures or {}) do
      local place = failure.location
      local is_here = place and place.uri == (run.model.items[id] or {}).uri
      table.insert(errors, { message = failure.message, line = is_here and place.range.start.line or nil })
    end
  end
  return ended and { status = ended, short = state.output, errors = errors, output = run.output }
end

--- A run of the server in place of a process.
local function strategy(spec)
  local run, ended = spec.context, nio.control.future()
  local file = assert(io.open(run.output, "w"))
  local listener
  local function over(code)
    file:close()
    vim.api.nvim_del_autocmd(listener)
    run.news.put_nowait(false)
    ended.set(code)
  end
  listener = vim.api.nvim_create_autocmd("User", {
    pattern = { "TestdockOutput", "TestdockState", "TestdockEnd", "TestdockExit" },
    callback = function(event)
      local params = event.data.params
      if event.match == "TestdockExit" and event.data.client_id == run.server.id then
        over(1)
      elseif params.runId ~= run.id then
        return
      elseif params.text then
        file:write(params.text)
        file:flush()
      elseif params.testId then
        local news = { [params.testId] = result(run, params.testId) }
        if next(news) then
          run.news.put_nowait(news)
        end
      else
        over(params.how == "completed" and 0 or 1)
      end
    end,
  })
  run.server:request("experimental/runTest", { include = run.include, runId = run.id }, function(error)
    if error then
      file:write(error.message)
      over(1)
    end
  end)
  return {
    is_complete = ended.is_set,
    output = function() return run.output end,
    result = ended.wait,
    stop = function() run.server:notify("experimental/abortRunTest", { runId = run.id }) end,
    attach = function() ui.output() end,
    output_stream = function() return function() end end,
  }
end

function adapter.build_spec(args)
  local at = args.tree:data()
  local server = server_of(at.path)
  if not server then
    return
  end
  local is_place = at.type == "file" or at.type == "dir"
  local id = is_place and id_of(at.path) or at.id
  local run = {
    id = "neotest-" .. vim.uv.hrtime(),
    -- Nothing means everything.
    include = id ~= "." and { id } or nil,
    server = server,
    model = Model.of(server.id),
    news = nio.control.queue(),
    output = nio.fn.tempname(),
  }
  return {
    command = {},
    context = run,
    strategy = strategy,
    -- Not what a process prints, but what the server says of tests.
    stream = function()
      return function() return run.news.get() or nil end
    end,
  }
end

function adapter.results(spec, _, tree)
  local results = {}
  for _, at in tree:iter() do
    results[at.id] = at.type == "test" and result(spec.context, at.id) or nil
  end
  return results
end

return adapter
