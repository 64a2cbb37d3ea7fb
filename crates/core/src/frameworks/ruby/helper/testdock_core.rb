# What the scripts for RSpec and Minitest have in common: the event stream, what was chosen, and what an error says.
# For Ruby 2.5 or newer, with nothing but its own library.
require 'json'
require 'stringio'

module Testdock
  MAX_DETAIL = 64 * 1024
  MAX_MESSAGE = 4 * 1024
  MAX_OUTPUT = 16 * 1024
  ANSI = /\e(?:\[[0-?]*[ -\/]*[@-~]|\][^\a\e]*(?:\a|\e\\)|[@-Z\\-_])/.freeze
  HERE = __dir__

  # Taken away, so that nothing that a test starts writes to a descriptor of that number.
  fd = ENV.delete('TESTDOCK_EVENTS_FD')
  @events = fd && IO.for_fd(fd.to_i, 'wb', autoclose: false)
  @events.close_on_exec = true if @events
  @events.sync = true if @events
  @owner = Process.pid
  @lock = Mutex.new
  @clock = Process.method(:clock_gettime)

  class << self
    # Whatever goes wrong here stays here: it must not break the user's run.
    def tell(kind, fields = {})
      return if @events.nil? || Process.pid != @owner

      line = JSON.generate(clean({ e: kind }.merge(fields)))
      @lock.synchronize { @events.write(line, "\n") }
    rescue StandardError
      @events = nil
    end

    def now
      @clock.call(Process::CLOCK_MONOTONIC)
    end

    def clean(value)
      case value
      when Hash then value.reject { |_, it| it.nil? }.transform_values { |it| clean(it) }
      when Array then value.map { |it| clean(it) }
      when String then utf8(value)
      else value
      end
    end

    def utf8(text)
      text = text.dup.force_encoding(Encoding::UTF_8) if text.encoding == Encoding::BINARY
      text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
    end

    # The beginning and the end of a long text.
    def ends(text, limit)
      whole = utf8(text.to_s).gsub(ANSI, '')
      whole.length <= limit ? whole : "#{whole[0, limit / 2]}\n[…]\n#{whole[-limit / 2, limit / 2]}"
    end

    # The places of a stack that are of the project, innermost first.
    def frames(lines)
      found = (lines || []).map do |line|
        match = /\A([^<].*?):(\d+)(?::in [`'](.*)')?/.match(utf8(line))
        match && { path: File.expand_path(match[1]), line: match[2].to_i, name: match[3].to_s }
      end
      found.compact.select { |frame| own?(frame[:path]) }.first(50)
    end

    def own?(path)
      path.start_with?(Dir.pwd) && !path.start_with?(HERE) && !path.include?('/gems/') && !path.include?('/vendor/bundle/')
    end

    def failure(error, assertion = false)
      said = ends(error.message.to_s.strip, MAX_MESSAGE)
      said = error.class.name if said.empty?
      told = {
        message: compared(said),
        type: assertion ? '' : error.class.name,
        detail: ends(([said] + (error.backtrace || []).select { |line| line[0] != '<' && own?(File.expand_path(line)) }).join("\n"), MAX_DETAIL),
        frames: frames(error.backtrace)
      }
      # Where a file does not parse, the message says where.
      place = error.is_a?(SyntaxError) && /^(?:--> )?(.+?\.rb):(\d+):/.match(utf8(error.message))
      told.update(path: File.expand_path(place[1]), line: place[2].to_i) if place
      told.update(sides(said)) if assertion
      told
    end

    # Minitest shows a difference in lines and nothing else: its first line says nothing of it.
    def compared(said)
      return said unless said.start_with?("--- expected\n")

      lost, came = said[/^-(?!-- )(.*)$/, 1], said[/^\+(?!\+\+ )(.*)$/, 1]
      "Expected: #{lost || 'no such line'}\n  Actual: #{came || 'no such line'}\n#{said}"
    end

    # What was expected, and what came, where RSpec or Minitest says both on lines of their own.
    def sides(said)
      expected, actual = said[/^ *expected: (.*)$/i, 1], said[/^ *(?:got|actual): (.*)$/i, 1]
      expected && actual ? { expected: expected, actual: actual } : {}
    end

    # Why a file could not be loaded: at its own line where one can be told.
    def unloaded(file, error)
      told = failure(error)
      inside = told[:frames].find { |frame| frame[:path] == File.expand_path(file) }
      told.update(path: File.expand_path(file), line: inside ? inside[:line] : 1) unless told[:path]
      tell('finish', file: file, names: [], outcome: 'errored', failures: [told])
    end

    # What goes wrong when all tests ran.
    def failed_after(said, error)
      place = frames(error.backtrace).first
      place = place && " (#{place[:path].delete_prefix("#{Dir.pwd}/")}:#{place[:line]})"
      tell('fatal', message: "#{utf8(said).lines.first.to_s.strip}#{place}", ran: true)
    end

    # -- what was chosen ----------------------------------------------------------------------------------------------

    def selection
      @selection ||= begin
        path = ENV.delete('TESTDOCK_SELECT')
        read = path ? JSON.parse(File.read(path, encoding: 'UTF-8')) : { 'files' => nil, 'exclude' => [] }
        by_file = lambda do |pairs|
          pairs.group_by { |file, _| File.expand_path(file) }.transform_values { |all| all.map(&:last) }
        end
        compile = lambda do |(levels, ordinal)|
          [levels.map { |level| Regexp.new("\\A(?:#{level})\\z", Regexp::MULTILINE) }, ordinal]
        end
        files = read['files'] && by_file.call(read['files']).transform_values { |all| all.flatten(1).map(&compile) }
        { files: files, exclude: by_file.call(read['exclude']).transform_values { |all| all.map(&compile) } }
      end
    end

    # The files to load; nil for whatever the tool takes for all.
    def files
      selection[:files]&.keys
    end

    # The block tells which of the tests of these names it is.
    def chosen?(file, names)
      within = lambda do |(levels, ordinal)|
        levels.length <= names.length && levels.zip(names).all? { |level, name| level.match?(name) } &&
          (ordinal.nil? || (levels.length == names.length && ordinal == yield))
      end
      file = File.expand_path(file)
      return false if (selection[:exclude][file] || []).any?(&within)
      return true if selection[:files].nil?

      wanted = selection[:files][file]
      !wanted.nil? && (wanted.empty? || wanted.any?(&within))
    end

    # Whether names were chosen in a file, and not all of it.
    def names_in?(file)
      !((selection[:files] || {})[File.expand_path(file)] || []).empty?
    end

    # Tests may have the same names: which of those that do one is.
    def ordinal(same, key)
      at = same.length > 1 && same.index(key)
      at ? "##{at + 1}" : nil
    end

    # -- what was printed ---------------------------------------------------------------------------------------------

    # Tests that run side by side print into one another.
    def listen
      @listeners = @listeners.to_i + 1
      return unless @listeners == 1

      @before = [$stdout, $stderr]
      @tees = [Tee.new($stdout), Tee.new($stderr)]
      $stdout, $stderr = @tees
    end

    def heard
      @listeners -= 1
      return unless @listeners.zero?

      # A test may have put something else in their place, and leave it there.
      $stdout = @before[0] if $stdout.equal?(@tees[0])
      $stderr = @before[1] if $stderr.equal?(@tees[1])
      text = @tees.map(&:kept).join
      text.empty? ? nil : text[-MAX_OUTPUT..-1] || text
    end
  end

  # Passes on what is printed, and keeps it too.
  class Tee < StringIO
    attr_reader :kept

    def initialize(target)
      super(+'')
      @target = target
      @kept = +''
    end

    def write(*texts)
      texts.each { |text| @kept << Testdock.utf8(text.to_s) }
      @kept = @kept[-MAX_OUTPUT..-1] if @kept.length > 4 * MAX_OUTPUT
      @target.write(*texts)
    end

    def flush
      @target.flush
      self
    end

    def tty?
      @target.tty?
    end
    alias isatty tty?

    def fileno
      @target.fileno
    end
  end
end
