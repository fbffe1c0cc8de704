package hokku.core.command;

import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.EnvKey;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.api.spi.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// One call of one command: its fields, and how they are filled from words.
final class Invocation {
    private static final String HELP = "--help";
    private static final int WIDTH = 100;

    private final Command command;
    private final CommandLine parser;

    private Invocation(Command command, CommandLine parser) {
        this.command = command;
        this.parser = parser;
    }

    /// @param name the name that the command goes by
    /// @param command a new object, whose fields are to be filled
    static Invocation of(String name, Command command) {
        CommandLine parser = new CommandLine(command);
        CommandSpec spec = parser.getCommandSpec();
        spec.name("dokku " + name);
        if (command instanceof DatastoreCommands.Derived derived) {
            // The annotation's own description comes after everything that the command itself can put into the spec.
            spec.usageMessage().description(derived.description());
        }
        if (spec.findOption(HELP) == null) {
            spec.addOption(OptionSpec.builder(HELP).usageHelp(true).description("Show this help").build());
        }
        parser.setStopAtPositional(command.optionsEndAtFirstParameter());
        // A word such as @/etc/passwd would be replaced by the file's content.
        parser.setExpandAtFiles(false);
        parser.setInterpolateVariables(false);
        parser.setCaseInsensitiveEnumValuesAllowed(true);
        parser.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        parser.setUsageHelpWidth(WIDTH);
        parser.setUsageHelpAutoWidth(false);
        parser.registerConverter(AppName.class, AppName::of);
        parser.registerConverter(Domain.class, Domain::of);
        parser.registerConverter(EnvKey.class, EnvKey::of);
        parser.registerConverter(PortMapping.class, PortMapping::parse);
        parser.registerConverter(ProcessType.class, ProcessType::of);
        return new Invocation(command, parser);
    }

    Command command() {
        return command;
    }

    /// Fills the command's fields, and takes the global flags out of the words.
    ///
    /// @return the flags, also those that came before the command; empty when help was asked for instead
    /// @throws UserError when the words do not fit, with the usage
    Optional<GlobalFlags> fill(GlobalFlags before) {
        int end = command.optionsEndAtFirstParameter() ? firstParameter(before.rest()) : before.rest().size();
        GlobalFlags after = GlobalFlags.within(before.rest().subList(0, end), name -> parser.getCommandSpec().findOption(name) != null);
        GlobalFlags flags = before.and(after);
        List<String> words = new ArrayList<>(after.rest());
        flags.app().ifPresent(app -> words.add(command.optionsEndAtFirstParameter() ? words.size() : 0, app));
        words.addAll(before.rest().subList(end, before.rest().size()));
        if (command.optionsEndAtFirstParameter()) {
            dropDashes(words, words.size() - (before.rest().size() - end) + (flags.app().isPresent() ? 0 : 1));
        }
        try {
            CommandLine.ParseResult result = parser.parseArgs(words.toArray(String[]::new));
            return result.isUsageHelpRequested() ? Optional.empty() : Optional.of(flags);
        } catch (CommandLine.ParameterException wrong) {
            throw translated(wrong);
        }
    }

    String help() {
        return parser.getUsageMessage(CommandLine.Help.Ansi.OFF).stripTrailing();
    }

    CommandLine.Model.CommandSpec spec() {
        return parser.getCommandSpec();
    }

    /// How it is called, in one line and without `dokku`.
    String synopsis() {
        return new CommandLine.Help(spec(), parser.getColorScheme()).synopsis(0).replace("[" + HELP + "]", "").replaceFirst("^dokku ", "")
                .replaceAll("\\s+", " ").strip();
    }

    String usage() {
        return "Usage: " + new CommandLine.Help(parser.getCommandSpec(), parser.getColorScheme()).synopsis("Usage: ".length()).stripTrailing();
    }

    /// Where the first word stands that is neither an option nor the value of one.
    private int firstParameter(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--app")) {
                i++;
            } else if (!word.startsWith("-") || word.equals("--") || word.equals("-")) {
                return i;
            } else {
                OptionSpec option = parser.getCommandSpec().findOption(word);
                i += option == null ? 0 : option.arity().min();
            }
        }
        return words.size();
    }

    /// Two dashes between the first parameter and the words that are passed on say what holds anyway.
    private static void dropDashes(List<String> words, int at) {
        if (at < words.size() && words.get(at).equals("--")) {
            words.remove(at);
        }
    }

    private UserError translated(CommandLine.ParameterException wrong) {
        for (Throwable cause = wrong.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UserError told) {
                return told;
            }
        }
        String message = wrong instanceof CommandLine.MissingParameterException missing && wantsApp(missing)
                ? "Please specify an app to run the command on" : wrong.getMessage();
        String first = message.lines().findFirst().orElse("Wrong parameters").replaceFirst(" is not an? (int|long)$", " is not a number");
        return new UserError(UserError.USAGE, first + "\n" + usage(), wrong);
    }

    private static boolean wantsApp(CommandLine.MissingParameterException missing) {
        return !missing.getMissing().isEmpty() && missing.getMissing().getFirst().isPositional()
                && missing.getMissing().getFirst().paramLabel().equals("<app>");
    }
}
