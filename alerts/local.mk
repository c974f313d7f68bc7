# alerts/ - May include: lib/ rrd/ alerts/.
