/// Finds, checks and loads plugins, and hands out what they contribute as immutable snapshots. Alone in knowing PF4J.
package hokku.core.plugin;
