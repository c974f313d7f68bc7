# usage/ - May include: lib/ rrd/ usage/.
