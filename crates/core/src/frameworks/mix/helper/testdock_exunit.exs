# Tells Testdock what happens in ExUnit while it happens, and has it run what was chosen. Required before Mix:
# `elixir -r testdock_exunit.exs -S mix test …`. For Elixir 1.12 or newer, with nothing but its own library.
defmodule Testdock do
  @moduledoc false

  @max_detail 64 * 1024
  @max_message 4 * 1024
  @max_output 16 * 1024

  # Taken away, so that nothing that a test starts writes to a descriptor of that number.
  def start do
    fd = System.get_env("TESTDOCK_EVENTS_FD")
    cache = System.get_env("TESTDOCK_CACHE", "")
    Enum.each(["TESTDOCK_EVENTS_FD", "TESTDOCK_CACHE"], &System.delete_env/1)
    if fd, do: open(String.to_integer(fd))
    keep_build(cache)
    be_somebody()
    Enum.each([:standard_io, :standard_error], &:io.setopts(&1, encoding: :unicode))
    Application.load(:ex_unit)
    {own, given} = System.argv() |> Enum.map(&heard/1) |> Enum.split_with(&String.starts_with?(&1, "--testdock-"))
    folders = for "--testdock-in=" <> folder <- own, do: folder
    files = folders |> Enum.flat_map(&tests_in/1) |> Enum.uniq()
    # Without a file Mix would run all.
    if folders != [] and files == [], do: end_at_once()
    System.argv(given ++ files)
    choose(for "--testdock-test=" <> test <- own, do: test)
    narrow(for "--testdock-only=" <> pattern <- own, do: pattern)
    :persistent_term.put({__MODULE__, :suites}, :counters.new(2, []))
    System.at_exit(&ended/1)
  end

  defp end_at_once do
    tell("end")
    System.halt(0)
  end

  # What is not the project's own, as Testdock has it when it looks for tests.
  @foreign ["deps", "_build", "node_modules", "fixtures", "templates"]

  # The files of tests in a folder, without those of other projects that lie in it.
  defp tests_in(""), do: []

  defp tests_in(folder) do
    found = if File.dir?(folder), do: File.cd!(folder, fn -> Path.wildcard("**/*_test.exs") end), else: []
    for path <- found, not foreign?(Path.dirname(path), folder), do: Path.join(folder, path)
  end

  defp foreign?(".", _), do: false

  defp foreign?(dir, folder) do
    Path.basename(dir) in @foreign or File.exists?(Path.join([folder, dir, "mix.exs"])) or foreign?(Path.dirname(dir), folder)
  end

  # Where the locale is not of Unicode, each byte was taken for a letter.
  defp heard(word) do
    letters = String.to_charlist(word)
    bytes = if Enum.all?(letters, &(&1 < 256)), do: :erlang.list_to_binary(letters), else: word
    if :file.native_name_encoding() == :latin1 and String.valid?(bytes), do: bytes, else: word
  end

  # What is compiled stays in the container, unless the image says or brings otherwise.
  defp keep_build(cache) do
    named = Enum.any?(["MIX_BUILD_ROOT", "MIX_BUILD_PATH"], &System.get_env/1)

    if cache != "" and not named and device("_build") in [nil, device(".")] do
      System.put_env("MIX_BUILD_ROOT", Path.join(cache, "mix"))
    end
  end

  # Mix keeps notes of each user in a place of everyone's, and those of who built the image are not for others.
  defp be_somebody do
    with nil <- System.get_env("USER"), {:ok, stat} <- File.stat("/proc/self") do
      System.put_env("USER", "user#{stat.uid}")
    end
  end

  # What the image brought for this place is a file system of its own.
  defp device(path) do
    case File.stat(path) do
      {:ok, stat} -> stat.major_device
      _ -> nil
    end
  end

  # `MODULE NAME`. ExUnit leaves out all others by itself, and runs these whatever the project leaves out by tags.
  defp choose([]), do: :ok

  defp choose(tests) do
    ids =
      for test <- tests do
        [module, name] = String.split(test, " ", parts: 2)
        {Module.concat([module]), String.to_atom(name)}
      end

    Application.put_env(:ex_unit, :only_test_ids, MapSet.new(ids))
    Application.put_env(:ex_unit, :include, [:test])
    :persistent_term.put({__MODULE__, :chosen}, true)
  end

  # `TAG=PATTERN`
  defp narrow([]), do: :ok

  defp narrow(patterns) do
    chosen =
      for pattern <- patterns do
        [tag, pattern] = String.split(pattern, "=", parts: 2)
        {String.to_atom(tag), Regex.compile!("\\A(?:#{pattern})\\z", "us")}
      end

    Application.put_env(:ex_unit, :include, chosen)
    :persistent_term.put({__MODULE__, :chosen}, true)
  end

  def chosen?, do: :persistent_term.get({__MODULE__, :chosen}, false)

  # -- the event stream -------------------------------------------------------------------------------------------------

  defp open(fd) do
    parent = self()

    spawn(fn ->
      Process.flag(:trap_exit, true)
      send(parent, {:opened, Port.open({:fd, fd, fd}, [:out, :binary])})
      Process.sleep(:infinity)
    end)

    receive do
      {:opened, port} -> :persistent_term.put({__MODULE__, :port}, port)
    end
  end

  def tell(kind, fields \\ []), do: write([json([{:e, kind} | Enum.filter(fields, fn {_, value} -> value != nil end)]), ?\n])

  # That nobody listens must not break the user's run.
  defp write(line) do
    Port.command(:persistent_term.get({__MODULE__, :port}), line)
  rescue
    ArgumentError -> :ok
  end

  defp json(text) when is_binary(text), do: [?", for(c <- String.to_charlist(valid(text)), do: char(c)), ?"]
  defp json(number) when is_number(number), do: to_string(number)
  defp json([{_, _} | _] = fields), do: [?{, Enum.intersperse(for({k, v} <- fields, do: [json(to_string(k)), ?:, json(v)]), ?,), ?}]
  defp json(list) when is_list(list), do: [?[, Enum.intersperse(Enum.map(list, &json/1), ?,), ?]]

  defp char(?"), do: "\\\""
  defp char(?\\), do: "\\\\"
  defp char(c) when c < 0x20 or c == 0x7F, do: :io_lib.format("\\u~4.16.0b", [c])
  defp char(c), do: <<c::utf8>>

  defp valid(text), do: if(String.valid?(text), do: text, else: for(<<c <- text>>, into: "", do: <<c::utf8>>))

  # The beginning and the end of a long text.
  defp ends(text, limit) do
    text = valid(text)
    half = div(limit, 2)
    if String.length(text) <= limit, do: text, else: String.slice(text, 0, half) <> "\n[…]\n" <> String.slice(text, -half, half)
  end

  # -- what happens -----------------------------------------------------------------------------------------------------

  def suite(at), do: :counters.add(:persistent_term.get({__MODULE__, :suites}), at, 1)

  # Not reached where a test halts the machine.
  defp ended(status) do
    suites = :persistent_term.get({__MODULE__, :suites})
    [begun, finished] = Enum.map([1, 2], &:counters.get(suites, &1))
    if begun == finished and (status == 0 or begun > 0), do: tell("end")
  end

  def started(test), do: unless(match?({:excluded, _}, test.state) or match?({:skipped, _}, test.state), do: tell("start", about(test)))

  def finished(test, home) do
    case test.state do
      nil -> finish(test, "passed")
      {:excluded, why} -> unless(chosen?(), do: finish(test, "skipped", reason: "excluded " <> why))
      {:skipped, why} -> finish(test, "skipped", reason: to_string(why))
      {:failed, failures} -> finish(test, "failed", failures: told(test, failures, home))
      {:invalid, %{state: {:failed, failures}}} -> finish(test, "errored", failures: told(test, failures, home))
      _ -> finish(test, "errored", failures: [[message: "the test did not run"]])
    end
  end

  # What `setup_all` left for the end failed: ExUnit takes then the tests that passed for failed, without a word of them.
  def module_finished(%{state: {:failed, failures}} = module, home) do
    if Enum.any?(module.tests, &(&1.state == nil)) do
      failures = for failure <- failures, do: failure(module, failure, home) |> Keyword.update!(:message, &("after all: " <> &1))
      tell("finish", file: Path.expand(module.file), names: [inspect(module.name)], outcome: "errored", failures: failures)
    end
  end

  def module_finished(_, _), do: :ok

  defp finish(test, outcome, more \\ []) do
    output = Map.get(test, :logs) || ""
    tell("finish", about(test) ++ [outcome: outcome, duration: (test.time || 0) / 1_000_000, output: ends(output, @max_output)] ++ more)
  end

  defp about(test) do
    parameters = Map.get(test, :parameters, %{})
    [file: Path.expand(test.tags.file), names: names(test), case: if(parameters != %{}, do: inspect(parameters))]
  end

  # Module, group and name; the word in front says what kind of test it is, where that is no plain one.
  defp names(test) do
    name = to_string(test.name)
    describe = test.tags[:describe]
    [kind, rest] = if String.contains?(name, " "), do: String.split(name, " ", parts: 2), else: ["test", name]
    own = if describe, do: String.replace_prefix(rest, describe <> " ", ""), else: rest
    own = if kind == "test", do: own, else: kind <> " " <> own
    [inspect(test.module)] ++ List.wrap(describe) ++ [own]
  end

  defp told(test, failures, home), do: Enum.map(failures, &failure(test, &1, home))

  defp failure(test, {kind, reason, stack} = failure, home) do
    [
      message: ends(message(kind, reason), @max_message),
      type: type(kind, reason),
      detail: ends(detail(test, failure), @max_detail),
      frames: Enum.flat_map(stack, &frame(&1, home))
    ] ++ compared(reason)
  end

  defp message(:error, %{__struct__: ExUnit.AssertionError} = error) do
    # What a test says itself needs no code behind it.
    case error.message =~ ~r/^(Assertion|Refute|Expected|match|Doctest)/ && code(error.expr) do
      code when is_binary(code) -> error.message |> String.split("\n", parts: 2) |> List.update_at(0, &(&1 <> ": " <> code)) |> Enum.join("\n")
      _ -> error.message
    end
  end

  defp message(:error, %{__exception__: true} = error), do: Exception.message(error)
  defp message(kind, reason), do: Exception.format_banner(kind, reason)

  defp type(:error, %{__struct__: ExUnit.AssertionError}), do: ""
  defp type(:error, %{__struct__: module}), do: inspect(module)
  defp type(kind, _), do: if(is_atom(kind), do: to_string(kind), else: "EXIT")

  defp code(:ex_unit_no_meaningful_value), do: nil
  defp code(text) when is_binary(text), do: text
  defp code(expression), do: Macro.to_string(expression)

  # What stands on the left is what came out, unless it is a pattern.
  defp compared(%{__struct__: ExUnit.AssertionError, left: left, right: right} = error) do
    cond do
      :ex_unit_no_meaningful_value in [left, right] -> []
      match?({:=, _, _}, error.expr) or match?({:assert, _, [{:=, _, _} | _]}, error.expr) -> [expected: code(left), actual: shown(right)]
      error.message =~ ~r/with ={2,3} failed|^Assertion failed$/ -> [expected: shown(right), actual: shown(left)]
      true -> []
    end
  end

  defp compared(_), do: []

  # Of a doctest both are texts already.
  defp shown(value), do: inspect(value, pretty: true, limit: :infinity, printable_limit: :infinity)

  defp detail(%{name: _, tests: _} = module, failure) do
    ExUnit.Formatter.format_test_all_failure(module, [failure], 1, :infinity, &plain/2) |> without_head(1)
  end

  defp detail(test, failure) do
    ExUnit.Formatter.format_test_failure(test, [failure], 1, :infinity, &plain/2) |> without_head(2)
  end

  defp without_head(text, lines) do
    text |> String.split("\n") |> Enum.drop(lines) |> Enum.map_join("\n", &String.replace_prefix(&1, "     ", ""))
  end

  defp plain(:diff_enabled?, _), do: false
  defp plain(_, text), do: text

  # The places of a stack that are of the project, innermost first.
  defp frame({module, function, arity, location}, home) do
    arity = if is_list(arity), do: length(arity), else: arity

    case {own(to_string(location[:file] || ""), home), location[:line]} do
      {nil, _} -> []
      {_, line} when line in [nil, 0] -> []
      {path, line} -> [[path: path, line: line, name: Exception.format_mfa(module, function, arity)]]
    end
  end

  defp frame(_, _), do: []

  # Paths are from the application's directory, perhaps of another one of the umbrella.
  defp own("", _), do: nil

  defp own(file, home) do
    places = [Path.expand(file, home) | Path.wildcard(Path.join([Path.dirname(home), "*", file]))]
    Enum.find(places, &(File.regular?(&1) and not String.contains?(&1, "/deps/")))
  end
end

defmodule Testdock.Formatter do
  @moduledoc false
  use GenServer

  def init(_), do: {:ok, File.cwd!()}

  def handle_cast(event, home) do
    case event do
      {:suite_started, _} -> Testdock.suite(1)
      {:suite_finished, _} -> Testdock.suite(2)
      {:suite_finished, _, _} -> Testdock.suite(2)
      {:test_started, test} -> Testdock.started(test)
      {:test_finished, test} -> Testdock.finished(test, home)
      {:module_finished, module} -> Testdock.module_finished(module, home)
      _ -> :ok
    end

    {:noreply, home}
  end
end

Testdock.start()
