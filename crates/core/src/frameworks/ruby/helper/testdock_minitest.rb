# Runs Minitest 5 for Testdock, and tells what happens while it happens. `ruby -Ilib -Itest testdock_minitest.rb […]`; the
# arguments are Minitest's own.
require_relative 'testdock_core'

begin
  require 'minitest'
rescue LoadError => error
  Testdock.tell('fatal', message: error.message)
  raise
end
require 'minitest/spec'

module Testdock
  module Units
    @files = {}

    class << self
      attr_accessor :loading
      attr_reader :files

      def file(test_class)
        files[test_class] || test_class.ancestors.lazy.map { |it| files[it] }.find(&:itself)
      end

      # The names from the file to the test: those of `describe` and `it`, or of classes and methods.
      def names(test_class, method)
        described = test_class.ancestors.select { |it| it.is_a?(Class) && it.respond_to?(:desc) && it.desc }
        return test_class.name.to_s.split('::') + [method.to_s] if described.empty?

        described.reverse.map { |it| it.desc.to_s } + [method.to_s.sub(/\Atest_\d{4,}_/, '')]
      end

      # Which of the tests of its title it is: `it` numbers its methods, so that titles may be the same.
      def ordinal(test_class, method)
        title = method[/\Atest_\d{4,}_(.*)\z/m, 1]
        return unless title

        all = test_class.public_instance_methods.map(&:to_s)
        Testdock.ordinal(all.select { |it| it[/\Atest_\d{4,}_(.*)\z/m, 1] == title }.sort, method)
      end
    end

    # In which file a class is.
    module Inheriting
      def inherited(test_class)
        Units.files[test_class] = Units.loading if Units.loading
        super
      end
    end

    # What was chosen.
    module Choosing
      def runnable_methods
        file = Units.file(self)
        super.select do |method|
          file && Testdock.chosen?(file, Units.names(self, method)) { Units.ordinal(self, method.to_s) }
        end
      end
    end

    # Ours stands beside whatever reporters the project's own plugins choose.
    module Reporting
      def init_plugins(options)
        super
        reporter << Reporter.new
      end
    end

    # What Minitest tells of.
    class Reporter < Minitest::AbstractReporter
      def prerecord(test_class, method)
        file, names = Units.file(test_class), Units.names(test_class, method)
        about = { file: file, names: names, case: Units.ordinal(test_class, method.to_s) }
        (@running ||= {})[[test_class.name, method.to_s]] = about
        Testdock.tell('start', about)
        Testdock.listen
      end

      def record(result)
        output = Testdock.heard
        about = @running.delete([result.klass, result.name.to_s])
        return unless about

        Testdock.tell('finish', about.merge(duration: result.time, output: output).merge(said(result)))
      end

      def report
        Testdock.tell('end')
      end

      private

      def said(result)
        return { outcome: 'skipped', reason: result.failure.message } if result.skipped?
        return { outcome: 'passed' } if result.passed?

        failures = result.failures.reject { |it| it.is_a?(Minitest::Skip) }
        { outcome: result.error? ? 'errored' : 'failed', failures: failures.map { |it| failure(it) } }
      end

      def failure(failure)
        failure.respond_to?(:error) && failure.is_a?(Minitest::UnexpectedError) ? Testdock.failure(failure.error) : Testdock.failure(failure, true)
      end
    end
  end
end

Minitest::Runnable.singleton_class.prepend(Testdock::Units::Inheriting)
Minitest::Test.singleton_class.prepend(Testdock::Units::Choosing)
Minitest.singleton_class.prepend(Testdock::Units::Reporting)

# Minitest would start by itself when all is over.
Minitest.class_variable_set(:@@installed_at_exit, true)

unloaded = false
(Testdock.files || []).each do |file|
  Testdock::Units.loading = file
  begin
    require File.expand_path(file)
  rescue ScriptError, StandardError => error
    unloaded = true
    warn error.full_message
    Testdock.unloaded(file, error)
  end
end
Testdock::Units.loading = nil

begin
  passed = Minitest.run(ARGV)
rescue ScriptError, StandardError => error
  Testdock.tell('fatal', message: error.message.lines.first.to_s.strip, detail: error.full_message)
  raise
end

# What Minitest itself would call as the process ends.
begin
  Minitest.class_variable_get(:@@after_run).reverse_each(&:call)
rescue SystemExit => error
  Testdock.failed_after("a block of `Minitest.after_run` ended the process with exit code #{error.status}", error) unless error.success?
  raise
rescue ScriptError, StandardError => error
  Testdock.failed_after("in a block of `Minitest.after_run` #{error.class} was raised: #{error.message}", error)
  raise
end
exit(passed && !unloaded ? 0 : 1)
