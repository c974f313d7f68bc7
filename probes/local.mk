# probes/ - May include: lib/ probes/.
