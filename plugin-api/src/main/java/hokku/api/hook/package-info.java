/// The points of a deploy at which plugins may look, change and refuse, and the events of an app's life.
package hokku.api.hook;
