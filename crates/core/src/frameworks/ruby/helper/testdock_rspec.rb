# Tells Testdock what happens in RSpec 3 while it happens, and has it run what was chosen. Required before the specs.
require_relative 'testdock_core'

module Testdock
  module Specs
    # An example without a title is called by its one line, or by what stands in its braces among others of a line.
    EXAMPLE = /(?<![\w.:@])(?:[fx]?(?:it|specify|example)|its|scenario|focus|skip|pending)\s*(?:\([^{}]*?\)\s*)?\{/.freeze
    LINE = /(?:\A|\s)[a-z_]+\s*(?:\(.*\)\s*)?\{\s*(.*?)\s*\}\s*(?:#.*)?\z/.freeze

    class << self
      attr_accessor :loading, :groups

      def names(example)
        group_names(example.example_group) + [title(example)]
      end

      # An example's, or a group's.
      def file(it)
        it.metadata[:rerun_file_path] || it.metadata[:file_path]
      end

      def group(group)
        { file: file(group), names: group_names(group) }
      end

      # Which of the examples of its names it is.
      def ordinal(example)
        @all ||= RSpec.world.all_examples.group_by { |it| [file(it), names(it)] }
        Testdock.ordinal((@all[[file(example), names(example)]] || []).map(&:id), example.id)
      end

      def chosen?(example)
        Testdock.chosen?(file(example), names(example)) { ordinal(example) }
      end

      # What was chosen, and the project's own filters leave out, with the reason.
      def left_out
        filters = RSpec.configuration.filter_manager
        running = RSpec.world.filtered_examples.values.flatten
        others = (RSpec.world.all_examples - running).select { |it| chosen?(it) }
        others.map { |it| [it, filters.why_not(it)] }.select(&:last)
      end

      private

      def group_names(group)
        group.parent_groups.reverse.map(&:description)
      end

      def title(example)
        return example.description unless example.metadata[:description_args].to_a.join.empty?

        lines = (@lines ||= Hash.new { |all, path| all[path] = File.readlines(path, encoding: 'UTF-8') })
        line = lines[example.metadata[:absolute_file_path]][example.metadata[:line_number] - 1]
        written = line && (block(line) || LINE.match(line.chomp)&.[](1))
        written ? written.split.join(' ') : example.description
      rescue SystemCallError
        example.description
      end

      # What is in the braces of the one example of a line.
      def block(line)
        return unless line.scan(EXAMPLE).one?

        rest = line[EXAMPLE.match(line).end(0)..]
        depth = 1
        rest.each_char.with_index do |char, at|
          depth += { '{' => 1, '}' => -1 }.fetch(char, 0)
          return rest[0...at].strip if depth.zero?
        end
        nil
      end
    end
    self.groups = []

    # What RSpec tells of.
    class Listener
      EVENTS = %i[start example_group_started example_group_finished example_started example_passed example_failed
                  example_pending close].freeze

      def start(event)
        return collected(event.count) unless dry?

        Testdock.tell('fatal', message: '--dry-run runs no test, and passes all: take it out of .rspec, ~/.rspec, SPEC_OPTS and `args`')
      end

      def example_group_started(event)
        Specs.groups.push(event.group)
      end

      def example_group_finished(event)
        @left_by_exit ||= event.group if $!.is_a?(SystemExit)
        Specs.groups.pop
      end

      def example_started(event)
        return if dry?

        @running = event.example
        Testdock.tell('start', about(event.example))
        Testdock.listen
      end

      def example_passed(event)
        finish(event.example, 'passed')
      end

      def example_pending(event)
        finish(event.example, 'skipped', reason: event.example.execution_result.pending_message)
      end

      def example_failed(event)
        error = event.example.exception
        all = error.respond_to?(:all_exceptions) ? error.all_exceptions : [error]
        finish(event.example, 'failed', failures: all.map { |it| Testdock.failure(it, assertion?(it)) })
      end

      # RSpec ends in order, and well, also where a test has ended it. A signal ends it from outside.
      def close(_event)
        return if $!.is_a?(SignalException)

        ended_by_a_test if $!.is_a?(SystemExit)
        Testdock.tell('end') unless cut_short?
      end

      private

      # `exit` in an example, or in what goes before or after those of a group.
      def ended_by_a_test
        failures = [{ message: 'it ended the process, and no test ran after it' }]
        return finish(@running, 'errored', failures: failures) if @running

        group = @left_by_exit || Specs.groups.last
        Testdock.tell('finish', Specs.group(group).merge(outcome: 'errored', failures: failures)) if group
      end

      # Whether examples were not reached. After a failure that may be what was asked for: `--fail-fast`.
      def cut_short?
        @left.to_i.positive? && ($!.is_a?(SystemExit) || !@failed)
      end

      def collected(count)
        @left = count
        left_out = Specs.left_out
        Testdock.tell('collected', n: count + left_out.length)
        left_out.each { |it, why| Testdock.tell('finish', about(it).merge(outcome: 'skipped', reason: why)) }
      end

      def about(example)
        { file: Specs.file(example), names: Specs.names(example), case: Specs.ordinal(example) }
      end

      def assertion?(error)
        error.class.name.to_s.start_with?('RSpec::')
      end

      def dry?
        RSpec.configuration.dry_run?
      end

      def finish(example, outcome, more = {})
        return if dry?

        @running = nil
        @left -= 1
        @failed ||= outcome == 'failed'
        more = { duration: example.execution_result.run_time, output: Testdock.heard }.merge(more)
        Testdock.tell('finish', about(example).merge(outcome: outcome).merge(more))
      end
    end

    # A file that cannot be loaded is an error of that file, and the others run.
    module Loading
      def load_file_handling_errors(method, file)
        return super unless method == :load

        quits = %i[wants_to_quit rspec_is_quitting].select { |name| RSpec.world.respond_to?("#{name}=") }
        before = quits.map { |name| RSpec.world.public_send(name) }
        Specs.loading = file
        super
      ensure
        if method == :load
          Specs.loading = nil
          quits.zip(before) { |name, value| RSpec.world.public_send("#{name}=", value) }
        end
      end

      def files_to_run
        Testdock.files || super
      end
    end

    # What goes wrong outside of examples: in a file, after a group, before all.
    module Outside
      def notify_non_example_exception(exception, context)
        group = Specs.groups.last
        if Specs.loading
          Testdock.unloaded(Specs.loading, exception)
        elsif group
          told = Testdock.failure(exception)
          told[:message] = "#{context.to_s.lines.first.to_s.strip} #{told[:message]}"
          Testdock.tell('finish', Specs.group(group).merge(outcome: 'errored', failures: [told]))
        else
          Testdock.tell('fatal', message: "#{context} #{exception.message}".strip.lines.first.to_s.strip,
                                 ran: context.to_s.include?('after(:suite)'),
                                 detail: ([exception.message] + (exception.backtrace || [])).join("\n"))
        end
        super
      end
    end

    # What was chosen, of what the project's own filters leave. As with a line of a file, they do not keep back what is named.
    module Choosing
      # Of the command line.
      def include(*args)
        @asked = true
        super
      end

      def prune(examples)
        left = super
        examples.select { |it| Specs.chosen?(it) && (left.include?(it) || named?(it)) }
      end

      # Why the project leaves out what was chosen; nil where that was asked for.
      def why_not(example)
        return if (@asked || inclusions.standalone?) && !inclusions.include_example?(example)
        return 'excluded by its `if` or `unless`' unless may_run?(example)

        rules = exclusions.rules.select { |*rule| RSpec::Core::MetadataFilter.filter_applies?(*rule, example.metadata) }
        return "excluded by the filter #{words(rules)}" unless rules.empty?

        "not among those of the filter #{words(inclusions.rules)}"
      end

      private

      def named?(example)
        Testdock.names_in?(Specs.file(example)) && may_run?(example) && !inclusions.standalone?
      end

      def may_run?(example)
        example.metadata.fetch(:if, true) && !example.metadata[:unless]
      end

      def words(rules)
        rules.map { |key, value| value.respond_to?(:call) ? key.to_s : "#{key}: #{value.inspect}" }.join(', ')
      end
    end
  end
end

RSpec::Core::Configuration.prepend(Testdock::Specs::Loading)
RSpec::Core::Reporter.prepend(Testdock::Specs::Outside)
RSpec::Core::FilterManager.prepend(Testdock::Specs::Choosing)
RSpec.configuration.send(:formatter_loader).reporter.register_listener(Testdock::Specs::Listener.new,
                                                                       *Testdock::Specs::Listener::EVENTS)
