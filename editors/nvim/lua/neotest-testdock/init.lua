--- An adapter for neotest: tests, runs, results and output are the server's.
local client = require("testdock.client")
local nio = require("nio")
local positions = require("neotest.lib").positions
local ui = require("testdock.ui")

local adapter = { name = "neotest-testdock", root = require("testdock.config").root }
local status = { passed = "passed", failed = "failed", skipped = "skipped" }

--- The server of a path's project, and the path's id there: `.` for all of it. Nothing outside of a project.
local function place_of(path)
  local root = adapter.root(path)
  local servers = vim.iter(vim.lsp.get_clients({ name = "testdock" }))
  local server = root and (servers:find(function(it) return it.root_dir == root end) or client.get())
  return server, server and vim.fs.relpath(root, path)
end

--- The tests of a file, once the server has read the project.
local tests_in = nio.wrap(vim.schedule_wrap(function(path, on_tests)
  local server, id = place_of(path)
  if not id then
    return on_tests({})
  end
  server:request("experimental/discoverTest", { testId = id }, function(_, answer)
    on_tests(answer and answer.tests or {})
  end)
end), 2)

function adapter.filter_dir(name)
  return name ~= "node_modules" and name:sub(1, 1) ~= "."
end

function adapter.is_test_file(path)
  return #tests_in(path) > 0
end

--- Cases are no positions of neotest: their test stands for them.
function adapter.discover_positions(path)
  local found = { { id = path, type = "file", name = vim.fs.basename(path), path = path, range = { 0, 0, math.huge, 0 } } }
  for _, item in ipairs(tests_in(path)) do
    if item.range and not item.caseOf then
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

--- What a run said of a test with its cases, in words of neotest; nothing where it did not end.
local function result(run, test)
  local states = run.states[test.id]
  local own = states[test.id]
  local ended = own and status[own.state.tag]
  local errors = {}
  for _, state in vim.spairs(ended and states or {}) do
    for _, failure in ipairs(state.failures or {}) do
      local place = failure.location
      local is_here = place and vim.uri_to_fname(place.uri) == test.path
      table.insert(errors, { message = failure.message, line = is_here and place.range.start.line or nil })
    end
  end
  return ended and { status = ended, short = own.output, errors = errors, output = run.output }
end

--- Takes over what a run says of a test, and passes on what it means to neotest.
local function hear(run, state)
  local id = state.caseOf or state.testId
  run.states[id][state.testId] = not state.retracted and state or nil
  local position = run.tree:get_key(id)
  run.results[id] = position and result(run, position:data()) or nil
  if run.results[id] then
    run.news.put_nowait({ [id] = run.results[id] })
  end
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
  local events = { "TestdockOutput", "TestdockState", "TestdockEnd", "TestdockExit" }
  listener = ui.on(events, function(params, client_id, event)
    if event == "TestdockExit" and client_id == run.server.id then
      over(1)
    elseif params.runId ~= run.id then
      return
    elseif params.text then
      file:write(params.text)
      file:flush()
    elseif params.testId then
      hear(run, params)
    else
      over(params.how == "completed" and 0 or 1)
    end
  end)
  run.server:request("experimental/runTest", { include = { run.what }, runId = run.id }, function(error)
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
    attach = ui.output,
    output_stream = function() return function() end end,
  }
end

function adapter.build_spec(args)
  local at = args.tree:data()
  local server, id = place_of(at.path)
  if not server then
    return
  end
  local is_place = at.type == "file" or at.type == "dir"
  local run = {
    id = "neotest-" .. vim.uv.hrtime(),
    what = is_place and id or at.id,
    server = server,
    tree = args.tree,
    --- What it said last: of each test, and of each of its cases.
    states = vim.defaulttable(function() return {} end),
    results = {},
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

function adapter.results(spec)
  return spec.context.results
end

return adapter
